from __future__ import annotations

import ipaddress


def network_of(ip_address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that one IPv6 customer has. Other text as it is."""
    try:
        address = ipaddress.ip_address(ip_address)
    except ValueError:
        return ip_address
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def is_loopback(host: str) -> bool:
    """Of a name or an address in a URL. Not looked up: what a name resolves to may change."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
