"""How long what somebody did to a store behind the projector's back stands, until the verification has put it right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import orjson
from redis.asyncio import Redis

from benchmarks.harness.children import ChildFailed
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.result import Row, no_more_than
from benchmarks.harness.servers import product, projecting, until_published
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import ALL_READ_MODELS, World
from read_models.keys import Keys
from read_models.names import alias

MODEL = "tickets"
LIMIT_S = 60.0
# So that a miss is told with how long it took.
PATIENCE_S = 300.0
LOOK_INTERVAL_S = 0.1
_SOME = "SELECT id FROM tickets ORDER BY md5(id::text) LIMIT $1"

Undone = Callable[[], Awaitable[bool]]


class Vandal:
    """Each of its deeds answers how to see that it was undone."""

    def __init__(self, world: World, elasticsearch: httpx.AsyncClient, redis: Redis) -> None:
        self._http = elasticsearch
        self._redis = redis
        self._index = alias(world.settings.namespace, MODEL)
        self._keys = Keys(world.settings.namespace)

    async def forge(self, ticket_id: str) -> Undone:
        """Changes a document and leaves its digest, so that all sums are still right."""
        path = f"/{self._index}/_doc/{ticket_id}"
        before = (await self._http.get(path)).json()["_source"]
        (await self._http.put(path, json={**before, "subject": "Forged"})).raise_for_status()

        async def undone() -> bool:
            return bool((await self._http.get(path)).json()["_source"] == before)

        return undone

    async def delete(self, ticket_id: str) -> Undone:
        path = f"/{self._index}/_doc/{ticket_id}"
        (await self._http.delete(path)).raise_for_status()

        async def undone() -> bool:
            return (await self._http.get(path)).status_code == httpx.codes.OK

        return undone

    async def forge_copy(self, ticket_id: str) -> Undone:
        key = self._keys.document(MODEL, ticket_id)
        before = await self._redis.get(key)
        assert before is not None, "the ticket was read through the query API, which keeps a copy"
        await self._redis.set(key, orjson.dumps({**orjson.loads(before), "subject": "Forged"}), keepttl=True)

        async def undone() -> bool:
            # Right again, or gone: then the next reader brings it back.
            return await self._redis.get(key) in (before, None)

        return undone


async def measure(bench: Bench) -> list[Row]:
    async with bench.copy_of(bench.sizes.tickets, "drift", ALL_READ_MODELS) as world:
        rows = await world.pool.fetch(_SOME, 3 * bench.runs)
        ticket_ids = iter([str(row["id"]) for row in rows])
        settings = world.settings
        async with (
            projecting(settings, bench.logs),
            product("read_api", settings, bench.logs) as read_api,
            httpx.AsyncClient(base_url=settings.elasticsearch_url, trust_env=False, timeout=30.0) as elasticsearch,
            httpx.AsyncClient(base_url=read_api.url, trust_env=False, timeout=30.0) as reader,
            Redis.from_url(settings.redis_url) as redis,
        ):
            await until_published(settings)
            vandal = Vandal(world, elasticsearch, redis)
            taken: dict[str, list[float]] = {}
            for _ in range(bench.runs):
                for what, deed in (
                    ("a document was changed in Elasticsearch", vandal.forge),
                    ("a document was deleted from Elasticsearch", vandal.delete),
                    ("a copy was changed in Redis", vandal.forge_copy),
                ):
                    ticket_id = next(ticket_ids)
                    answer = await reader.get(
                        f"/v1/tickets/{ticket_id}", headers={"Authorization": f"Bearer {world.token()}"}
                    )
                    answer.raise_for_status()
                    taken.setdefault(what, []).append(await _seconds_until(await deed(ticket_id)))
    return [
        Row(
            f"until it is put right that {what}, {bench.sizes.tickets:,} tickets",
            "s",
            Spread.of(seconds),
            targets=(no_more_than(LIMIT_S),),
            note="the projector looks every 5 s; contents that nobody has proven are read meanwhile",
        )
        for what, seconds in taken.items()
    ]


async def _seconds_until(undone: Undone) -> float:
    began = time.monotonic()
    while not await undone():
        if time.monotonic() - began > PATIENCE_S:
            raise ChildFailed(f"what was changed still stood after {PATIENCE_S:.0f} s")
        await asyncio.sleep(LOOK_INTERVAL_S)
    return time.monotonic() - began


FIGURE = Figure(
    "drift",
    "until drift is put right",
    measure,
    lambda sizes: 40 + sizes.tickets / 1_500 + sizes.runs * (20 + sizes.tickets / 2_000),
)
