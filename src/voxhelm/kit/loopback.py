"""What only this machine reaches."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether an address, or the name `localhost`, leads to this machine and no further."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
