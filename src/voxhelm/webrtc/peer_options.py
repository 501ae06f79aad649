"""How calls are taken."""

from collections.abc import Callable
from dataclasses import dataclass

from voxhelm.webrtc.ice_server import IceServer
from voxhelm.webrtc.port_range import PortRange


@dataclass(frozen=True, slots=True)
class PeerOptions:
    """The same for every call of a server.

    ports: UDP ports to listen on; None for any that is free.
    listen_on: interfaces, addresses or networks of this machine; empty for all that others can reach.
    announced_addresses: addresses at which others reach the same ports, where they are not this machine's own (NAT, a Service).
    ice_servers: asked by this server itself, to learn a way to it; none is ever asked that is not named here.
    connect_seconds: a caller who is not there by then is given up.
    client_delay_seconds: what a client's own buffer and sound card add to half of the round trip before sound is heard.
    longest_play_seconds: sound that may wait to be played; what is more is not played.
    most_waiting_bytes: events that may wait for a client to take them; a client that lets more wait is hung up on.
    instead_of_too_long: given an event that is over the client's limit, and the limit, both in bytes; what it is sent in its place.
    """

    ports: PortRange | None = None
    listen_on: tuple[str, ...] = ()
    announced_addresses: tuple[str, ...] = ()
    ice_servers: tuple[IceServer, ...] = ()
    connect_seconds: float = 30.0
    client_delay_seconds: float = 0.06
    longest_play_seconds: float = 600.0
    most_waiting_bytes: int = 4 * 1024 * 1024
    instead_of_too_long: Callable[[bytes, int], bytes] | None = None
