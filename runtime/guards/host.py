"""Refuses what makes the framework see another address than the router (CVE-2026-48710, Starlette before 1.0.1)."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from starlette.types import Scope

from runtime.problems import ErrorItem, ProblemError

_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class AllowedHosts:
    def __init__(self, allowed_hosts: Collection[str]) -> None:
        self._allowed = frozenset(host.lower().encode() for host in allowed_hosts)
        # Nearly all requests name the same one.
        self._is_allowed = lru_cache(maxsize=64)(self._matches)

    def are_addressed(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not scope["path"].startswith("/"):
            return False
        return self._is_allowed(hosts[0])

    def _matches(self, header: bytes) -> bool:
        host = _HOST.fullmatch(header)
        return host is not None and host[1].lower() in self._allowed


def misdirected() -> ProblemError:
    item = ErrorItem("host.refused", "Send exactly one Host that this server answers to.", header="Host")
    return ProblemError(400, "host.refused", "The request is not addressed to this server.", errors=[item])
