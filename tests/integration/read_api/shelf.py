"""Puts documents of the documented shape into Elasticsearch and Redis, as the projector would."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
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
from read_models.attachments import ATTACHMENTS
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS, document_id
from read_models.keys import Keys
from read_models.model import ALIAS_FILTER, ReadModel
from read_models.registry import READ_MODELS
from read_models.tickets import TICKETS
from runtime.access import FACTS
from runtime.consistency import ConsistencyToken
from runtime.presence import PresenceKeys
from tests.integration.read_api.admission import Admission, session_of

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
Source = dict[str, Any]
BULK_LINES = 1000


def new_id() -> str:
    return str(uuid.uuid4())


def moment(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat()


class Shelf(Admission):
    def __init__(self, elasticsearch: AsyncElasticsearch, redis: Redis, namespace: str) -> None:
        super().__init__(redis, namespace)
        self.elasticsearch = elasticsearch
        self.keys = Keys(namespace)
        self._numbers = itertools.count(1)
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

    async def present(self, ticket: Source, person: Source) -> None:
        """Somebody is on a ticket, and will be until long after the test."""
        places = PresenceKeys(self.namespace).places(ticket["id"])
        until_ms = int((time.time() + 600) * 1000)
        await self.redis.execute_command(  # type: ignore[no-untyped-call]
            "HSET", places, f"{person['id']}|tab", f"{until_ms}:0"
        )

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

    async def ticket(self, requester: Mapping[str, Any], *, notes: tuple[str, ...] = (), **given: Any) -> Source:
        """`body` is the first message, which has the `attachments`; `notes` are internal."""
        number = next(self._numbers)
        ticket_id = given.pop("id", None) or new_id()
        bodies = [(given.pop("body", "It does not work."), "public"), *((note, "internal") for note in notes)]
        messages = [
            {
                "id": new_id(),
                "position": position,
                "author_id": requester["id"],
                "visibility": visibility,
                "created_at": moment(number * 10 + position),
                "body": body,
            }
            for position, (body, visibility) in enumerate(given.pop("messages", bodies), start=1)
        ]
        if attachments := given.pop("attachments", None):
            messages[0]["attachments"] = attachments
        core: Source = {
            "id": ticket_id,
            "version": 1,
            "number": number,
            "subject": f"Ticket {number}",
            "status": "open",
            "priority": "normal",
            "type": None,
            "requester_id": requester["id"],
            "assignee_id": None,
            "group_id": None,
            "organization_id": None,
            "tags": [],
            "custom_fields": {},
            "locale": "en",
            "channel": "api",
            "message_count": len(messages),
            "created_at": moment(number * 10),
            "updated_at": moment(number * 10),
            "first_response_at": None,
            "solved_at": None,
            **given,
        }
        core["messages"] = messages[-20:] + [m for m in messages[:-20] if m["visibility"] == "public"][-20:]
        language = _language(core["locale"])
        texts = {side: [m["body"] for m in messages if m["visibility"] == side] for side in ("public", "internal")}
        extra = {
            "priority_rank": ("low", "normal", "high", "urgent").index(core["priority"]) + 1,
            "subject_stemmed": {language: core["subject"]},
            "public_text": {language: texts["public"]},
            "internal_text": {language: texts["internal"]},
        }
        operations: list[Any] = []
        for message in messages:
            operations += [
                {"index": {"_index": self.index("messages"), "_id": message["id"]}},
                {**message, "ticket_id": ticket_id, "version": 1},
            ]
        for start in range(0, len(operations), BULK_LINES):
            await self.elasticsearch.bulk(operations=operations[start : start + BULK_LINES])
        await self._put(TICKETS, ticket_id, core, extra)
        await self._keep(TICKETS, ticket_id, core)
        await self.apply("ticket", ticket_id, core["version"])
        return core

    async def attachment(self, ticket: Mapping[str, Any], message: Mapping[str, Any], **given: Any) -> Source:
        """The document of a file that hangs on a message of this ticket; its bytes are the caller's to put."""
        core: Source = {
            "id": new_id(),
            "version": 2,
            "ticket_id": ticket["id"],
            "message_id": message["id"],
            "visibility": message["visibility"],
            "file_name": "stripes.png",
            "media_type": "image/png",
            "size_bytes": 1,
            "sha256": "0" * 64,
            "storage_key": secrets.token_hex(32),
            "created_at": moment(0),
            **given,
        }
        await self._put(ATTACHMENTS, core["id"], core, {})
        return core

    async def document(self, author: Mapping[str, Any], *, draft: bool = False, **given: Any) -> Source:
        number = next(self._numbers)
        core: Source = {
            "id": new_id(),
            "version": 1,
            "slug": f"document-{number}",
            "locale": "en",
            "default_locale": "en",
            "title": f"Document {number}",
            "body": "Some *text*.",
            "html": "<p>Some <em>text</em>.</p>",
            "visibility": "public",
            "group_ids": [],
            "category_id": None,
            "tags": [],
            "revision": 1,
            "author_id": author["id"],
            "published_at": None if draft else moment(number),
            "status": "draft" if draft else "published",
            "updated_at": moment(number),
            **given,
        }
        model = DOCUMENT_DRAFTS if draft else DOCUMENTS
        if draft:
            revision = {"number": core["revision"], "title": core["title"], "author_id": author["id"]}
            revisions = [{**revision, "created_at": moment(number), "published": False}]
            core = {"publish_at": None, "comment": "", "created_at": moment(number), "revisions": revisions, **core}
        language = _language(core["locale"])
        extra = {"title_stemmed": {language: core["title"]}, "text": {language: core["body"]}}
        key = document_id(core["id"], core["locale"])
        await self._put(model, key, core, extra)
        await self._keep(model, key, core)
        await self.apply("document", core["id"], core["version"])
        return core

    async def user(self, role: str = "agent", **given: Any) -> Source:
        """Somebody who is signed in, with the session `session_of`."""
        number = next(self._numbers)
        name = {"name": f"Person {number}", "email": f"person{number}@example.org", "role": role}
        rest: Source = {"organization_id": None, "group_ids": [], "locale": None, "active": True}
        user = await self._person("user", {**name, "ticket_access": "all", **rest, **given})
        await self.begin_session(session_of(user))
        return user

    async def group(self, name: str) -> Source:
        return await self._person("group", {"name": name, "description": ""})

    async def organization(self, name: str, *, shares_tickets: bool = False, **given: Any) -> Source:
        core = {"name": name, "domains": [], "shares_tickets": shares_tickets, **given}
        return await self._person("organization", core)

    async def category(
        self, names_by_locale: Mapping[str, str], parent_id: str | None = None, position: int = 0
    ) -> Source:
        core = {"parent_id": parent_id, "position": position, "names": dict(names_by_locale)}
        return await self._labelled("catalog", "category", core)

    async def ticket_field(self, key: str, field_type: str = "text") -> Source:
        core = {"key": key, "label": key.title(), "type": field_type, "options": [], "active": True}
        return await self._labelled("catalog", "ticket_field", core)

    async def view(self, owner: Mapping[str, Any], name: str, query: Mapping[str, Any], **given: Any) -> Source:
        sharing = {"sort": "number", "shared_with": "me", "group_id": None}
        core = {"name": name, "query": dict(query), "owner_id": owner["id"], **sharing, **given}
        times = {"created_at": moment(0), "updated_at": moment(0)}
        whole = {"id": new_id(), "version": 1, **core, **times}
        await self._put(READ_MODELS["views"], whole["id"], whole, {})
        return whole

    async def event(
        self, aggregate: Mapping[str, Any], event_type: str, audience: str, actor: Mapping[str, Any], **given: Any
    ) -> Source:
        number = next(self._numbers)
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
        await self._put(READ_MODELS["history"], event_id, core, {})
        return core

    async def apply(self, aggregate_type: str, aggregate_id: str, version: int) -> None:
        guard = f"{next(self._versions)}|{version}|"
        hash_key = self.keys.applied(aggregate_type)
        await self.redis.execute_command("HSET", hash_key, aggregate_id, guard)  # type: ignore[no-untyped-call]

    async def version(self, draft: Mapping[str, Any], number: int, body: str, **given: Any) -> Source:
        """The moment when this text of the document was saved."""
        text = {"locale": draft["locale"], "number": number, "body": body}
        author = {"id": draft["author_id"]}
        of_document = {"aggregate_type": "document", **text, **given}
        return await self.event(draft, "DocumentDraftEdited", "internal", author, **of_document)

    async def vote(self, document: Mapping[str, Any], helpful: bool, comment: str = "", **given: Any) -> Source:
        """What a reader says of it; later ones are newer."""
        at = moment(next(self._numbers))
        said = {"document_id": document["id"], "locale": document["locale"], "helpful": helpful, "comment": comment}
        times = {"created_at": at, "updated_at": at}
        core = {"id": new_id(), "version": 1, **said, "commented": bool(comment), **times, **given}
        await self._put(READ_MODELS["document_votes"], core["id"], core, {})
        return core

    async def bury(self, model: str, document_key: str) -> None:
        tombstone = {"id": document_key.partition(":")[0], "version": 99, "deleted": True, "deleted_at": moment(0)}
        await self.elasticsearch.index(index=self.index(model), id=document_key, document=tombstone)
        await self.redis.delete(self.keys.document(model, document_key))

    def index(self, model: str) -> str:
        return names.index(self.namespace, model, READ_MODELS[model].schema_version, "1")

    async def _person(self, kind: str, core: Mapping[str, Any]) -> Source:
        whole = await self._labelled("people", kind, core)
        if kind in FACTS:
            await self.allow(kind, whole)
        return whole

    async def _labelled(self, model: str, kind: str, core: Mapping[str, Any]) -> Source:
        aggregate_id = core.get("id") or new_id()
        times = {"created_at": moment(0), "updated_at": moment(0)}
        whole = {**core, "id": aggregate_id, "version": 1, "kind": kind, **times}
        await self._put(READ_MODELS[model], aggregate_id, whole, {})
        label = orjson.dumps({"digest": "0" * 32, **whole})
        hash_key = self.keys.labels(kind)
        await self.redis.execute_command("HSET", hash_key, aggregate_id, label)  # type: ignore[no-untyped-call]
        await self.apply(kind, aggregate_id, 1)
        return whole

    async def _put(self, model: ReadModel, key: str, core: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        document = {"digest": "0" * 32, **extra, **core}
        with warnings.catch_warnings():
            # A thread of megabytes goes out in one piece, and the client would rather have a file.
            warnings.simplefilter("ignore", ResourceWarning)
            await self.elasticsearch.index(index=self.index(model.name), id=key, document=document)

    async def _keep(self, model: ReadModel, key: str, core: Mapping[str, Any]) -> None:
        text = orjson.dumps({"digest": "0" * 32, **core}).replace(b'_id":"', b'_id" : "')
        await self.redis.set(self.keys.document(model.name, key), text)


def token_of(aggregate_type: str, source: Mapping[str, Any], version: int | None = None) -> str:
    return ConsistencyToken(aggregate_type, uuid.UUID(source["id"]), version or source["version"], 1).encode()


def _language(locale: str | None) -> str:
    subtag = (locale or "").split("-")[0]
    return subtag if subtag in LANGUAGE_ANALYZERS else UNDETERMINED
