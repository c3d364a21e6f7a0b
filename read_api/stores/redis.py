"""Redis as the read side uses it. Every question of one request that can travel together does."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import orjson
from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, TimeoutError

from read_api.stores.scripts import DOCUMENT_WITH_LABELS, PRINCIPAL
from read_models.guard import REFILL_SCRIPT, Guard
from read_models.keys import DOCUMENT_TTL_S, Keys
from runtime.errors import StoreUnavailable

STORE = "redis"
# After a failure nobody asks again for this long: a frozen Redis must not cost every request its time-out.
PAUSE_AFTER_FAILURE_S = 1.0
LABEL_KINDS_MENTIONED = ("user", "group", "organization", "category")

T = TypeVar("T")
Label = dict[str, Any]
LabelKey = tuple[str, str]


@dataclass(frozen=True)
class PrincipalAnswer:
    revoked: bool
    user: Label | None
    organization: Label | None


class LookupStore:
    def __init__(self, redis: Redis, namespace: str, now: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._keys = Keys(namespace)
        self._now = now
        self._paused_until = 0.0
        self._principal = self._redis.register_script(PRINCIPAL)
        self._document = self._redis.register_script(DOCUMENT_WITH_LABELS)
        self._refill = self._redis.register_script(REFILL_SCRIPT)

    async def principal(self, user_id: str, session_id: str) -> PrincipalAnswer:
        keys = [
            f"{self._keys.revoked_sessions}:{session_id}",
            self._keys.labels("user"),
            self._keys.labels("organization"),
        ]
        revoked, user, organization = await self._ask(lambda: self._principal(keys=keys, args=[user_id]))
        return PrincipalAnswer(bool(revoked), _json(user), _json(organization))

    async def document(self, model: str, document_id: str) -> tuple[dict[str, Any] | None, dict[LabelKey, Label]]:
        """A by-id document together with the labels of all that it mentions, in one round trip."""
        keys = [
            self._keys.document(model, document_id),
            *(self._keys.labels(kind) for kind in LABEL_KINDS_MENTIONED),
        ]
        content, *mentioned = await self._ask(lambda: self._document(keys=keys))
        labels = {
            (mentioned[at].decode(), mentioned[at + 1].decode()): orjson.loads(mentioned[at + 2])
            for at in range(0, len(mentioned), 3)
        }
        return _json(content), labels

    async def labels(self, wanted: Iterable[LabelKey]) -> dict[LabelKey, Label | None]:
        by_kind: dict[str, list[str]] = {}
        for kind, label_id in dict.fromkeys(wanted):
            by_kind.setdefault(kind, []).append(label_id)
        if not by_kind:
            return {}
        async with self._redis.pipeline(transaction=False) as pipeline:
            for kind, ids in by_kind.items():
                pipeline.hmget(self._keys.labels(kind), ids)
            answers = await self._ask(pipeline.execute)
        return {
            (kind, label_id): _json(content)
            for (kind, ids), contents in zip(by_kind.items(), answers, strict=True)
            for label_id, content in zip(ids, contents, strict=True)
        }

    async def applied(self, aggregate_type: str, aggregate_id: str) -> Guard | None:
        """How far one aggregate is projected."""
        key = self._keys.applied(aggregate_type)
        content = await self._ask(lambda: cast("Awaitable[Any]", self._redis.hget(key, aggregate_id)))
        return None if content is None else Guard.parse(content)

    async def refill(self, model: str, document_id: str, aggregate: LabelKey, source: Mapping[str, Any]) -> None:
        """Puts back what was evicted, unless something newer was projected since it was read."""
        keys = [self._keys.applied(aggregate[0]), self._keys.document(model, document_id)]
        args: list[Any] = [aggregate[1], source["version"], orjson.dumps(source), DOCUMENT_TTL_S]
        await self._ask(lambda: self._refill(keys=keys, args=args))

    async def counters(self) -> dict[str, int] | None:
        """None while they are incomplete: after a flush, until the projector has filled them again."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.exists(self._keys.filled)
            pipeline.hgetall(self._keys.counters)
            filled, content = await self._ask(pipeline.execute)
        return {name.decode(): int(number) for name, number in content.items()} if filled else None

    async def freshness(self) -> dict[str, Any] | None:
        published: dict[str, Any] | None = _json(await self._ask(lambda: self._redis.get(self._keys.freshness)))
        return published

    async def stored_version(self, model: str, document_id: str) -> int | None:
        """The aggregate's version in the copy by id."""
        content = _json(await self._ask(lambda: self._redis.get(self._keys.document(model, document_id))))
        return None if content is None else int(content["version"])

    async def ping(self) -> None:
        await self._ask(self._redis.ping)

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        if self._now() < self._paused_until:
            raise StoreUnavailable(STORE, "did not answer a moment ago")
        try:
            return await question()
        except (RedisError, OSError) as failure:
            if isinstance(failure, (ConnectionError, TimeoutError, BusyLoadingError, OSError)):
                self._paused_until = self._now() + PAUSE_AFTER_FAILURE_S
            raise StoreUnavailable(STORE, f"{type(failure).__name__}: {failure}") from failure


def _json(content: bytes | None) -> Any:
    return None if content is None else orjson.loads(content)
