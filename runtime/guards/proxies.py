"""Who really calls, where proxies of ours stand in front of us."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Union

from starlette.types import Scope

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

# More than anybody chains: whoever sends a longer list wants it to be worked through.
MAX_HOPS = 32
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|([0-9.]+)(?::\d{1,5})?")


class TrustedProxies:
    """Reads X-Forwarded-For from its end, as each proxy adds who called it: what a stranger wrote there stands before
    what the first of ours added, and is not read at all. No other header of that kind is believed."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(ipaddress.ip_network(network, strict=False) for network in networks)
        # Nearly all requests come over the same few.
        self._is_trusted = lru_cache(maxsize=1024)(self._matches)

    def reveal(self, scope: Scope) -> None:
        """Puts the caller's address into the scope, where everybody looks for it."""
        client = scope.get("client")
        if client is None or not self._is_trusted(client[0]):
            return
        found: str = client[0]
        for hop in _hops(scope):
            address = _address(hop)
            if address is None:
                # Nothing that stands before it can be believed either.
                break
            found = str(address)
            if not self._is_trusted(found):
                break
        if found != client[0]:
            # Of the port that the caller had nobody tells.
            scope["client"] = (found, 0)

    def _matches(self, ip_address: str) -> bool:
        address = _address(ip_address)
        return address is not None and any(address in network for network in self._networks)


def _hops(scope: Scope) -> list[str]:
    """The nearest first."""
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(lines).rsplit(",", MAX_HOPS)[-MAX_HOPS:]][::-1] if lines else []


def _address(text: str) -> Address | None:
    matched = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((matched[1] or matched[2]) if matched else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
