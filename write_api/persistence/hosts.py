"""Of the hosts that an address names the one that takes writes: after a failover that is another one."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

# A machine that is gone answers nothing at all, and must not take the time of those behind it.
HOST_TIMEOUT_S = 3.0
SESSION_ATTRIBUTES = "target_session_attrs"
_NEXT_MAY = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
)


class NoPrimary(ConnectionError):
    """Nobody takes writes: a failover is under way, or nobody is there."""


class Hosts:
    """`postgresql://user@one:5432,two:5432/database`. Whoever took the last connection is asked first."""

    def __init__(self, database_url: str) -> None:
        address = urlsplit(database_url)
        who, at, hosts = address.netloc.rpartition("@")
        self._urls = [address._replace(netloc=f"{who}{at}{host}").geturl() for host in hosts.split(",")]
        # A standby takes connections, too, and refuses every command.
        is_said = SESSION_ATTRIBUTES in parse_qs(address.query)
        self._options: dict[str, Any] = {} if is_said else {SESSION_ATTRIBUTES: "primary"}

    async def connect(self, *_: object, **options: Any) -> asyncpg.Connection[asyncpg.Record]:
        """As asyncpg.connect; the address is the one of this object."""
        if len(self._urls) > 1:
            options["timeout"] = min(options.get("timeout", HOST_TIMEOUT_S), HOST_TIMEOUT_S)
        failures = []
        for url in list(self._urls):
            try:
                connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(url, **options, **self._options)
            except _NEXT_MAY as error:
                failures.append((url, error))
                continue
            self._urls.sort(key=url.__ne__)
            return connection
        reasons = "; ".join(
            f"{urlsplit(url).netloc.rpartition('@')[2]}: {str(error) or type(error).__name__}"
            for url, error in failures
        )
        raise NoPrimary(reasons) from failures[-1][1]
