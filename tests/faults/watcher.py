"""Looks at documents while faults strike: in no store may a version go back, and what is deleted stays deleted."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from typing import Any, cast
from uuid import UUID

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from projector.sinks.elasticsearch import Elasticsearch, ElasticsearchRefused, open_elasticsearch
from read_models.guard import Guard
from read_models.keys import Keys
from runtime.errors import StoreUnavailable
from runtime.settings import Settings
from runtime.tasks import cancel_all
from tests.faults.ledger import Ledger
from tests.faults.pace import lasting

INTERVAL_S = 0.3
SAMPLE = 150
STORE_TIMEOUT_S = 2.0
MODELS = {"tickets": "ticket", "people": "user", "document_drafts": "document"}
GUARDED = ("ticket", "user", "document")


class Watcher:
    def __init__(self, settings: Settings, ledger: Ledger, chance: random.Random) -> None:
        self._settings = settings
        self._keys = Keys(settings.namespace)
        self._ledger = ledger
        self._chance = chance
        # (store, model, id) -> what was seen last: (projection version, aggregate version).
        self._seen: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._gone: set[tuple[str, str]] = set()
        self._task: asyncio.Task[None] | None = None
        self._counts_commits = True
        self.looks = 0
        self.went_back: list[str] = []

    def start(self) -> None:
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._task is not None:
            await cancel_all([self._task])
            if not self._task.cancelled():
                self._task.result()

    def forget_guards(self) -> None:
        """Redis was emptied: what fills it again begins at the projection version 0."""
        self._seen = {key: seen for key, seen in self._seen.items() if key[0] != "guard"}

    def commits_may_be_lost(self) -> None:
        """With them an aggregate goes back, and what was deleted comes back. Versions of documents never do."""
        self._counts_commits = False

    async def _watch(self) -> None:
        redis = Redis.from_url(self._settings.redis_url, socket_timeout=STORE_TIMEOUT_S)
        async with open_elasticsearch(self._settings.elasticsearch_url) as client:
            try:
                while True:
                    for model, kind in MODELS.items():
                        await self._look_into_elasticsearch(client, model, self._sample(kind))
                    for kind in GUARDED:
                        await self._look_into_redis(redis, kind, self._sample(kind))
                    await lasting(INTERVAL_S)
            finally:
                await redis.aclose()

    def _sample(self, kind: str) -> list[UUID]:
        ids = self._ledger.ids(kind)
        return ids if len(ids) <= SAMPLE else self._chance.sample(ids, SAMPLE // 2) + ids[-SAMPLE // 2 :]

    async def _look_into_elasticsearch(self, client: Elasticsearch, model: str, ids: list[UUID]) -> None:
        """By id, which shows what was written last, refreshed or not."""
        if not ids:
            return
        # Of several copies always the same: another one may be a moment behind.
        names = [f"{id_}:en" if model == "document_drafts" else str(id_) for id_ in ids]
        path = f"/{self._settings.namespace}-{model}/_mget?_source=version,deleted&preference=watcher"
        try:
            answer = await client.call("POST", path, {"ids": names}, timeout_s=STORE_TIMEOUT_S)
        except (StoreUnavailable, ElasticsearchRefused):
            return
        for found in answer["docs"]:
            if found.get("found"):
                self.looks += 1
                self._saw(model, found)

    def _saw(self, model: str, found: dict[str, Any]) -> None:
        source, name = found["_source"], found["_id"]
        self._compare("elasticsearch", model, name, (found["_version"], source["version"]))
        if source.get("deleted"):
            self._gone.add((model, name))
        elif self._counts_commits and model == "tickets" and (model, name) in self._gone:
            self.went_back.append(f"{model} {name} was deleted and is there again")

    async def _look_into_redis(self, redis: Redis, kind: str, ids: list[UUID]) -> None:
        names = [str(id_) for id_ in ids]
        if not names:
            return
        # Who forgets the guards does it while no answer is on its way.
        before = self._seen
        try:
            guards = await cast("Awaitable[list[bytes | None]]", redis.hmget(self._keys.applied(kind), names))
            cached = await redis.mget([self._keys.document("tickets", name) for name in names])
        except (RedisError, OSError, asyncio.TimeoutError):
            return
        if before is not self._seen:
            return
        for name, value, body in zip(names, guards, cached):
            if value is not None:
                guard = Guard.parse(value)
                self._compare("guard", kind, name, (guard.projection_version, guard.aggregate_version))
            if body and kind == "ticket":
                self._compare("redis", kind, name, (0, orjson.loads(body)["version"]))

    def _compare(self, store: str, model: str, name: str, now: tuple[int, int]) -> None:
        key = (store, model, name)
        before = self._seen.get(key, (0, 0))
        self._seen[key] = now
        if now[0] < before[0] or (self._counts_commits and now[1] < before[1]):
            self.went_back.append(f"{store}: {model} {name} went from {before} to {now}")
