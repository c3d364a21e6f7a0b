"""Where the read models lie for tests: Elasticsearch and Redis, filled as the projector would."""

from __future__ import annotations

import asyncio
import itertools
import uuid
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
from elasticsearch import AsyncElasticsearch
from redis.asyncio import Redis

from read_models import names
from read_models.analysis import LANGUAGE_ANALYZERS, UNDETERMINED
from read_models.keys import Keys
from read_models.model import ALIAS_FILTER, ReadModel
from read_models.registry import READ_MODELS
from tests.integration.read_api.admission import Admission

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
Source = dict[str, Any]


def new_id() -> str:
    return str(uuid.uuid4())


def moment(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


def language_of(locale: str | None) -> str:
    subtag = (locale or "").split("-")[0]
    return subtag if subtag in LANGUAGE_ANALYZERS else UNDETERMINED


class Stores(Admission):
    def __init__(self, elasticsearch: AsyncElasticsearch, redis: Redis, namespace: str) -> None:
        super().__init__(redis, namespace)
        self.elasticsearch = elasticsearch
        self.keys = Keys(namespace)
        self.numbers = itertools.count(1)
        self._versions = itertools.count(1)

    async def open(self) -> None:
        await asyncio.gather(*(self._create(model) for model in READ_MODELS.values()))
        await self.redis.set(self.keys.filled, 1)
        await self.vouch()
        await self.seal()
        await self.publish(datetime.now(timezone.utc))

    async def _create(self, model: ReadModel) -> None:
        body = model.index_body()
        # Nothing becomes searchable by itself: a test sees who refreshed.
        body["settings"]["index"]["refresh_interval"] = "-1"
        aliases = {names.alias(self.namespace, model.name): {"filter": ALIAS_FILTER}}
        await self.elasticsearch.indices.create(index=self.index(model.name), **body, aliases=aliases)

    async def publish(self, as_of: datetime, **projections: Any) -> None:
        body = {"as_of": as_of, "published_at": datetime.now(timezone.utc), "projections": projections}
        await self.redis.set(self.keys.freshness, orjson.dumps(body))

    async def publish_dead(self, *projections: str) -> None:
        now = datetime.now(timezone.utc)
        named = ("document_id", "aggregate_type", "aggregate_id", "root_id", "event_type", "reason")
        letters = [
            {
                **{name: new_id() for name in named},
                **{"id": number, "projection": name, "attempts": 1, "first_failed_at": now, "failed_at": now},
            }
            for number, name in enumerate(projections)
        ]
        body = {"published_at": now, "total": len(letters), "letters": letters}
        await self.redis.set(self.keys.dead_letters, orjson.dumps(body))

    async def refresh(self) -> None:
        await self.elasticsearch.indices.refresh(index=f"{self.namespace}-*")

    async def apply(self, aggregate_type: str, aggregate_id: str, version: int) -> None:
        guard = f"{next(self._versions)}|{version}|"
        hash_key = self.keys.applied(aggregate_type)
        await self.redis.execute_command("HSET", hash_key, aggregate_id, guard)  # type: ignore[no-untyped-call]

    async def bury(self, model: str, document_key: str) -> None:
        tombstone = {"id": document_key.partition(":")[0], "version": 99, "deleted": True, "deleted_at": moment(0)}
        await self.elasticsearch.index(index=self.index(model), id=document_key, document=tombstone)
        await self.redis.delete(self.keys.document(model, document_key))

    def index(self, model: str) -> str:
        return names.index(self.namespace, model, READ_MODELS[model].schema_version, "1")

    async def put(self, model: ReadModel, key: str, core: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        document = {"digest": "0" * 32, **extra, **core}
        with warnings.catch_warnings():
            # A thread of megabytes goes out in one piece, and the client would rather have a file.
            warnings.simplefilter("ignore", ResourceWarning)
            await self.elasticsearch.index(index=self.index(model.name), id=key, document=document)

    async def keep(self, model: ReadModel, key: str, core: Mapping[str, Any]) -> None:
        text = orjson.dumps({"digest": "0" * 32, **core}).replace(b'_id":"', b'_id" : "')
        await self.redis.set(self.keys.document(model.name, key), text)

    async def labelled(self, model: str, kind: str, core: Mapping[str, Any]) -> Source:
        aggregate_id = core.get("id") or new_id()
        times = {"created_at": moment(0), "updated_at": moment(0)}
        whole = {**core, "id": aggregate_id, "version": 1, "kind": kind, **times}
        await self.put(READ_MODELS[model], aggregate_id, whole, {})
        label = orjson.dumps({"digest": "0" * 32, **whole})
        hash_key = self.keys.labels(kind)
        await self.redis.execute_command("HSET", hash_key, aggregate_id, label)  # type: ignore[no-untyped-call]
        await self.apply(kind, aggregate_id, 1)
        return whole

    async def event(
        self, aggregate: Mapping[str, Any], event_type: str, audience: str, actor: Mapping[str, Any], **given: Any
    ) -> Source:
        number = next(self.numbers)
        event_id = new_id()
        core = {
            "id": event_id,
            "version": number,
            "aggregate_type": "ticket",
            "aggregate_id": aggregate["id"],
            "ordinal": 0,
            "type": event_type,
            "audience": audience,
            "actor_id": actor["id"],
            "data": {"number": number},
            "occurred_at": moment(number),
            "ip_address": "192.0.2.1",
            "user_agent": "curl",
            "session_id": new_id(),
            "api_token_id": None,
            "request_id": new_id(),
            **given,
        }
        await self.put(READ_MODELS["history"], event_id, core, {})
        return core
