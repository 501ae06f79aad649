"""Ways to a caller, over ports and addresses that the operator has chosen."""

import asyncio
import errno
import ipaddress
import random
import socket
from typing import Final

import ifaddr
from aioice import Candidate, Connection
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol, server_reflexive_candidate
from aiortc import RTCIceServer
from aiortc.rtcicetransport import connection_kwargs

from voxhelm.domain.errors import CallUnreachable, PortsTaken
from voxhelm.webrtc.local_addresses import LocalAddress, chosen
from voxhelm.webrtc.peer_options import PeerOptions

_COMPONENT: Final = 1
_ANY_PORT: Final = 0
_RECEIVE_BUFFER_BYTES: Final = 262_144
_MOST_QUEUED_DATAGRAMS: Final = 1_000
_GATHER_SECONDS: Final = 3


class IceConnection(Connection):
    """aioice's, with a range of ports, announced addresses and a bound on what strangers may have it keep."""

    def __init__(self, options: PeerOptions) -> None:
        servers = [RTCIceServer(server.url, server.username, server.password) for server in options.ice_servers]
        super().__init__(ice_controlling=False, **connection_kwargs(servers))
        self._options = options

    @property
    def is_forsaken(self) -> bool:
        """Whether it was closed because the other side no longer answered."""
        return self._closing and self._query_consent_task is None

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],  # noqa: ARG002
        timeout: int = _GATHER_SECONDS,  # noqa: ASYNC109
    ) -> list[Candidate]:
        """As aioice does it, but for the choice of addresses and ports. Raises PortsTaken or CallUnreachable."""
        own = await self._listen(chosen(_local_addresses(), self._options.listen_on))
        found = [protocol.local_candidate for protocol in own] + self._announced(own)
        found += await self._as_seen_from_outside(own)
        found += await super().get_component_candidates(component, [], min(timeout, _GATHER_SECONDS))  # of a relay, if there is one
        if not found:
            wanted = ", ".join(self._options.listen_on) or "any"
            raise CallUnreachable(f"This server has no network address to take calls at (wanted: {wanted}).")
        return found

    def data_received(self, data: bytes, component: int) -> None:
        """A datagram that is no check has come, from whomever: none is kept for long before its sender has proved itself."""
        if self._queue.qsize() < _MOST_QUEUED_DATAGRAMS:
            super().data_received(data, component)

    async def _listen(self, addresses: list[str]) -> list[StunProtocol]:
        own = []
        all_taken = False
        for address in addresses:
            protocol, taken = await self._bind(address)
            all_taken = all_taken or taken
            if protocol is not None:
                own.append(protocol)
        self._protocols += own
        if not own and all_taken:
            raise PortsTaken(f"All of the UDP ports {self._options.ports} are taken by calls.", retry_after_seconds=5)
        return own

    async def _bind(self, address: str) -> tuple[StunProtocol | None, bool]:
        """A socket on the first free port there, if there is one, and whether all ports were taken."""
        ports = self._options.ports
        for port in [_ANY_PORT] if ports is None else ports.beginning_at(random.randrange(len(ports))):  # noqa: S311
            try:
                bound = _bound(address, port)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                return None, False  # not an address of this machine any more
            loop = asyncio.get_running_loop()
            _, protocol = await loop.create_datagram_endpoint(lambda: StunProtocol(self), sock=bound)
            host, actual_port, *_ = bound.getsockname()
            protocol.local_candidate = _host_candidate(host, actual_port)
            return protocol, False
        return None, True

    def _announced(self, own: list[StunProtocol]) -> list[Candidate]:
        found = []
        for address in self._options.announced_addresses:
            for protocol in own:
                local = protocol.local_candidate
                if ipaddress.ip_address(local.host).version == ipaddress.ip_address(address).version and local.host != address:
                    found.append(_host_candidate(address, local.port))
        return found

    async def _as_seen_from_outside(self, own: list[StunProtocol]) -> list[Candidate]:
        server = self.stun_server
        if server is None:
            return []
        asked = [
            asyncio.create_task(server_reflexive_candidate(protocol, server))
            for protocol in own
            if ipaddress.ip_address(protocol.local_candidate.host).version == 4
        ]
        if not asked:
            return []
        done, waiting = await asyncio.wait(asked, timeout=_GATHER_SECONDS)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return [task.result()[0] for task in done if task.exception() is None]


def _bound(address: str, port: int) -> socket.socket:
    # Not left to the loop, which may be one that does not say why a port could not be had.
    family = socket.AF_INET if ipaddress.ip_address(address).version == 4 else socket.AF_INET6
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        bound.bind((address, port))
    except BaseException:
        bound.close()
        raise
    return bound


def _host_candidate(host: str, port: int) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=_COMPONENT,
        transport="udp",
        priority=candidate_priority(_COMPONENT, "host"),
        host=host,
        port=port,
        type="host",
    )


def _local_addresses() -> list[LocalAddress]:
    found = []
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            address = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
            found.append(LocalAddress(adapter.name, address))
    return found
