from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from projector.projections.registry import REDIS_COPIES
from projector.sinks.redis_scripts import APPLY_SCRIPT, FILL_SCRIPT, FINISH_SCRIPT
from read_models.events import EVENTS_KEPT
from read_models.keys import DOCUMENT_TTL_S, Keys
from runtime.access import FACTS, PUT_RECORDS, AccessKeys, access_record, put_calls
from runtime.credential_keys import CredentialKeys
from runtime.errors import StoreUnavailable

STORE = "redis"
# With the bulk timeout still below the 15 s after which Postgres ends an idle transaction.
APPLY_TIMEOUT_S = 4.0
ONE_CALL_TIMEOUT_S = 2.0
# One script call blocks Redis while it runs.
AGGREGATES_PER_CALL = 500

Answer = TypeVar("Answer")


@dataclass
class Update:
    """What Redis shall hold of one aggregate."""

    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int
    bucket: str = ""
    label: bytes = b""
    # (model, document id, JSON; empty removes it)
    documents: list[tuple[str, str, bytes]] = field(default_factory=list)
    # Versions up to this one that do not count as applied: guard.held_text.
    held: str = ""
    # What decides who may know of a change, and what subscribers are told of it; empty: nothing.
    deciding: str = ""
    change: bytes = b""


class FillOvertaken(Exception):
    """What this fill has read may be outdated: it has to begin again."""


class RedisSink:
    def __init__(self, redis: Redis, keys: Keys, events_kept: int = EVENTS_KEPT) -> None:
        self.redis = redis
        self.keys = keys
        self._events_kept = events_kept
        self._access = AccessKeys(keys.namespace)
        self._credentials = CredentialKeys(keys.namespace)
        self._hashes: dict[str, str] = {}

    async def hash_values(self, hash_key: str, names: Sequence[str]) -> list[bytes | None]:
        return await within(cast("Awaitable[list[bytes | None]]", self.redis.hmget(hash_key, [*names])))

    async def take_turn(self, name: str, life_ms: int) -> bool:
        """True for one of all projectors that ask within this time."""
        taking = self.redis.set(f"{self.keys.freshness}:{name}", 1, nx=True, px=life_ms)
        return bool(await within(taking))

    async def apply(self, version: int, updates: Iterable[Update]) -> None:
        """Applies each update unless a newer projection version is there."""
        by_type: dict[str, list[Update]] = {}
        for update in updates:
            by_type.setdefault(update.aggregate_type, []).append(update)
        # Whoever waits for one of these versions waits for its rights, too.
        await self._put_access_records(by_type)
        for aggregate_type, group in by_type.items():
            for start in range(0, len(group), AGGREGATES_PER_CALL):
                await self._apply_one_type(aggregate_type, version, group[start : start + AGGREGATES_PER_CALL])

    async def _apply_one_type(self, aggregate_type: str, version: int, updates: list[Update]) -> None:
        keys = [*self._hash_keys(aggregate_type), self.keys.events]
        arguments: list[Any] = [version, *self._labelling(aggregate_type), DOCUMENT_TTL_S, self._events_kept]
        for update in updates:
            arguments += (
                str(update.aggregate_id),
                update.aggregate_version,
                update.held,
                update.bucket,
                update.label,
                update.change,
                update.deciding,
                len(update.documents),
            )
            for model, document_id, body in update.documents:
                keys.append(self.keys.document(model, document_id))
                arguments.append(body)
        await self._run(APPLY_SCRIPT, keys, arguments)

    async def _put_access_records(self, by_type: Mapping[str, Sequence[Update]]) -> None:
        """The command API has brought them already, but for what was written past it or could not be said then."""
        records = [
            access_record(kind, update.aggregate_id, orjson.loads(update.label))
            for kind in FACTS
            for update in by_type.get(kind, ())
            if update.label
        ]
        for kind, arguments in put_calls(records):
            await self._run(PUT_RECORDS, [self._access.records(kind)], arguments)

    async def forget_who_may_what(self) -> None:
        """Where it may tell of commits that Postgres has lost: without a seal and a voucher it is brought anew."""
        access = (self._access.seal, self._access.bringing, *(self._access.records(kind) for kind in FACTS))
        credentials = (self._credentials.vouched_for, self._credentials.vouching, self._credentials.api_tokens)
        await within(self.redis.delete(*access, *credentials), APPLY_TIMEOUT_S)

    async def begin_fill(self) -> str:
        """Answers the fill's name, which Redis forgets together with everything else."""
        name = secrets.token_hex(8)
        await within(self.redis.set(self.keys.filled_by, name), APPLY_TIMEOUT_S)
        return name

    async def finish_fill(self, name: str) -> None:
        """Raises FillOvertaken like `fill`."""
        if not await self._run(FINISH_SCRIPT, [self.keys.filled, self.keys.filled_by], [name]):
            raise FillOvertaken

    async def fill(self, name: str, aggregate_type: str, updates: Iterable[Update], *, again: bool = False) -> int:
        """Adds guards, labels and counts that are missing; `again` also where a fill put them. Answers how many.

        Raises FillOvertaken where Redis was emptied, or another fill began, since `begin_fill` gave this name.
        """
        arguments: list[Any] = [*self._labelling(aggregate_type), int(again), name]
        for update in updates:
            arguments += (
                str(update.aggregate_id),
                update.aggregate_version,
                update.held,
                update.bucket,
                update.label,
            )
        filled = int(await self._run(FILL_SCRIPT, [*self._hash_keys(aggregate_type), self.keys.filled_by], arguments))
        if filled < 0:
            raise FillOvertaken
        return filled

    def _hash_keys(self, aggregate_type: str) -> list[str]:
        keys = self.keys
        return [keys.applied(aggregate_type), keys.counters, keys.labels(aggregate_type), keys.labels_changed]

    def _labelling(self, aggregate_type: str) -> tuple[int, str]:
        """Whether the type has labels, and a new name for what changes of them."""
        return int(REDIS_COPIES.get(aggregate_type) == "label"), secrets.token_hex(8)

    async def _run(self, script: str, keys: list[str], arguments: list[Any]) -> Any:
        async def call() -> Any:
            if script not in self._hashes:
                self._hashes[script] = await cast("Awaitable[str]", self.redis.script_load(script))
            run = self.redis.evalsha(self._hashes[script], len(keys), *keys, *arguments)
            return await cast("Awaitable[Any]", run)

        try:
            return await within(call(), APPLY_TIMEOUT_S)
        except NoScriptError:
            # Redis was restarted or flushed.
            self._hashes.clear()
            return await within(call(), APPLY_TIMEOUT_S)


async def within(call: Awaitable[Answer], timeout_s: float = ONE_CALL_TIMEOUT_S) -> Answer:
    try:
        return await asyncio.wait_for(call, timeout_s)
    except NoScriptError:
        raise
    except (RedisError, asyncio.TimeoutError, OSError) as error:
        raise StoreUnavailable(STORE, f"{type(error).__name__}: {error}") from error
