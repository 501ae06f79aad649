"""The header that says which step of a route has answered."""

from typing import Final

ROUTE: Final = "x-voxhelm-route"


def route_headers(route: str) -> dict[str, str]:
    """route: such as `2/3; piper-bg: breaker open`; empty where none was taken."""
    return {ROUTE: route} if route else {}
