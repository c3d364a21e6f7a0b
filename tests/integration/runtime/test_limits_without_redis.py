"""Limits are kept in Redis; where it goes away they are kept all the same."""

from __future__ import annotations

import asyncio
import secrets

import httpx
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from runtime.redis_line import RedisLine
from runtime.settings import Settings
from tests.unit.runtime.api import make_app, settings_of

pytestmark = pytest.mark.integration
QUOTA = 20


class Switch:
    """A way to Redis that can be cut, and be there again."""

    def __init__(self, redis_url: str) -> None:
        self._host, self._port = redis_url.split("//")[1].split("/")[0].rsplit(":", 1)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection(self._host, int(self._port))
        self._open |= {writer, to_writer}
        await asyncio.gather(_pipe(reader, to_writer), _pipe(to_reader, writer), return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


async def allowed(client: httpx.AsyncClient) -> int:
    """How many of many requests at once are answered; the others are told when to come back."""
    answers = await asyncio.gather(*(client.get("/v1/things") for _ in range(3 * QUOTA)))
    for answer in answers:
        assert answer.status_code in (200, 429)
        assert answer.headers["RateLimit-Policy"] == f'"anonymous";q={QUOTA};w=60'
        assert answer.headers["RateLimit"].startswith('"anonymous";r=')
        assert ("Retry-After" in answer.headers) == (answer.status_code == 429)
    return sum(answer.status_code == 200 for answer in answers)


async def test_a_redis_that_goes_away_lifts_no_limit(settings: Settings, redis: Redis) -> None:
    switch = Switch(settings.redis_url)
    await switch.start()
    line = RedisLine(f"redis://127.0.0.1:{switch.port}/0")
    namespace = f"test{secrets.token_hex(5)}"
    app = make_app(settings_of(namespace=namespace, rate_limit_anonymous_per_minute=QUOTA), redis=line)
    transport = httpx.ASGITransport(app=app, client=("203.0.113.9", 5_000))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            # A little comes back while they are asked.
            assert QUOTA <= await allowed(client) <= QUOTA + 2
            assert await redis.keys(f"{namespace}:rate:anonymous:*")
            await switch.cut()
            with capture_logs() as logs:
                # The process begins to count by itself, once.
                assert await allowed(client) <= QUOTA + 2
                assert await allowed(client) <= 2
            assert "rate_limit_is_local" in {entry["event"] for entry in logs}
            await switch.start()
    finally:
        await line.aclose()
        await switch.cut()
        await redis.delete(f"{namespace}:rate:anonymous:203.0.113.9")
