"""By which names a server may be asked for that only this machine reaches and that asks nobody for a key."""

import ipaddress
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

# Nobody can buy a name under these: RFC 6761, RFC 6762, RFC 8375, ICANN's resolution 2024.07.29.06 on .internal. The last two routers use.
NOBODYS: Final = (".localhost", ".local", ".home.arpa", ".internal", ".lan", ".home")


class KnownHosts:
    """Tells the server's own names from somebody's who has made theirs lead here.

    A page whose name is made to lead to this machine asks in the browser of somebody here, as if it were the server's own page (DNS
    rebinding). It cannot help that the browser says under which name it asks.
    """

    def __init__(self, names: Collection[str]) -> None:
        """names: more that are right, such as that of a proxy in front."""
        self._names = frozenset(name.lower().rstrip(".") for name in names)

    def knows(self, host: str) -> bool:
        """Whether a `Host` header names this server."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        # A name of one word is of this network: no such name can be bought. Without any it is no browser that asks.
        if "." not in name and ":" not in name:
            return True
        return name in self._names or name.endswith(NOBODYS) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
