"""A server that helps two sides find a way to each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IceServer:
    """As browsers name them.

    url: `stun:host[:port]`, `turn:host[:port][?transport=udp|tcp]` or `turns:host[:port]?transport=tcp`.
    """

    url: str
    username: str | None = None
    password: str | None = None
