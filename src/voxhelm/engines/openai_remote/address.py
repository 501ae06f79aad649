"""Which hosts are in the local network: by name before anything is sent, by address when the connection stands."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

# Names that no public server of names answers for.
LOCAL_SUFFIXES: Final = (".localhost", ".local", ".lan", ".internal", ".home.arpa")


def host_of(url: str) -> str:
    """The host of an http or https URL, in lower case. Raises ValueError when it has none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"'{url}' is no URL of a server, such as http://192.168.1.20:8000/v1")
    return parts.hostname


def is_local_address(address: str) -> bool:
    """Whether an IP address, in writing, is of this machine or a private network. Raises ValueError when it is no address."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return not parsed.is_global


def is_local_host(host: str) -> bool:
    """Whether a host is in the local network as far as its name tells: a name with dots is not, however it may be resolved here."""
    try:
        return is_local_address(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.rstrip(".").endswith(LOCAL_SUFFIXES)
