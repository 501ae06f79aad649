"""How calls are taken, as the settings say."""

from voxhelm.api.short_event import short_event
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.sections.realtime import RealtimeSettings
from voxhelm.webrtc.ice_server import IceServer
from voxhelm.webrtc.peer_options import PeerOptions
from voxhelm.webrtc.port_range import PortRange


def call_options(settings: RealtimeSettings) -> PeerOptions:
    """The same for every call. Raises ConfigurationInvalid for a range of ports that is none."""
    ports = None
    if settings.udp_ports is not None:
        first, _, last = settings.udp_ports.partition("-")
        try:
            ports = PortRange(int(first), int(last))
        except ValueError as error:
            raise ConfigurationInvalid(f"'realtime.udp_ports' is {settings.udp_ports}: {error}.") from error
    return PeerOptions(
        ports=ports,
        listen_on=settings.listen_on,
        announced_addresses=settings.announced_addresses,
        ice_servers=tuple(IceServer(url) for url in settings.stun_urls),
        instead_of_too_long=short_event,
    )
