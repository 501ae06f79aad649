"""Which of this machine's addresses calls are taken on."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """An address and the interface that has it."""

    interface: str
    address: str


def chosen(present: Iterable[LocalAddress], wanted: Sequence[str]) -> list[str]:
    """The addresses to be reached at.

    wanted: names of interfaces, addresses, and networks such as `192.168.0.0/16`; empty for all that others can reach. An address that
    needs a zone to be reached (`fe80::`) is never one of them. When there is none but the loopback, it is the loopback.
    """
    usable = [entry for entry in present if not _address(entry).is_link_local and not _address(entry).is_unspecified]
    if wanted:
        return [entry.address for entry in usable if any(_is_meant(entry, by) for by in wanted)]
    outward = [entry.address for entry in usable if not _address(entry).is_loopback]
    return outward or [entry.address for entry in usable]


def _is_meant(entry: LocalAddress, by: str) -> bool:
    if by == entry.interface:
        return True
    try:
        network = ipaddress.ip_network(by, strict=False)
    except ValueError:
        return False  # the name of another interface
    return _address(entry) in network


def _address(entry: LocalAddress) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(entry.address)
