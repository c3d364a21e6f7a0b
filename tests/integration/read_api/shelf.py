"""Puts documents of the documented shape into Elasticsearch and Redis, as the projector would."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Mapping
from typing import Any

from read_models.attachments import ATTACHMENTS
from read_models.registry import READ_MODELS
from read_models.tickets import TICKETS
from runtime.access import FACTS
from runtime.consistency import ConsistencyToken
from runtime.presence import PresenceKeys
from tests.integration.read_api.admission import session_of
from tests.integration.read_api.knowledge_shelf import KnowledgeShelf
from tests.integration.read_api.stores import Source, language_of, moment, new_id

BULK_LINES = 1000


class Shelf(KnowledgeShelf):
    async def present(self, ticket: Source, person: Source) -> None:
        """Somebody is on a ticket, and will be until long after the test."""
        places = PresenceKeys(self.namespace).places(ticket["id"])
        until_ms = int((time.time() + 600) * 1000)
        await self.redis.execute_command(  # type: ignore[no-untyped-call]
            "HSET", places, f"{person['id']}|tab", f"{until_ms}:0"
        )

    async def ticket(self, requester: Mapping[str, Any], *, notes: tuple[str, ...] = (), **given: Any) -> Source:
        """`body` is the first message, which has the `attachments`; `notes` are internal."""
        number = next(self.numbers)
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
        language = language_of(core["locale"])
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
        await self.put(TICKETS, ticket_id, core, extra)
        await self.keep(TICKETS, ticket_id, core)
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
        await self.put(ATTACHMENTS, core["id"], core, {})
        return core

    async def user(self, role: str = "agent", **given: Any) -> Source:
        """Somebody who is signed in, with the session `session_of`."""
        number = next(self.numbers)
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

    async def ticket_field(self, key: str, field_type: str = "text") -> Source:
        core = {"key": key, "label": key.title(), "type": field_type, "options": [], "active": True}
        return await self.labelled("catalog", "ticket_field", core)

    async def view(self, owner: Mapping[str, Any], name: str, query: Mapping[str, Any], **given: Any) -> Source:
        sharing = {"sort": "number", "shared_with": "me", "group_id": None}
        core = {"name": name, "query": dict(query), "owner_id": owner["id"], **sharing, **given}
        times = {"created_at": moment(0), "updated_at": moment(0)}
        whole = {"id": new_id(), "version": 1, **core, **times}
        await self.put(READ_MODELS["views"], whole["id"], whole, {})
        return whole

    async def _person(self, kind: str, core: Mapping[str, Any]) -> Source:
        whole = await self.labelled("people", kind, core)
        if kind in FACTS:
            await self.allow(kind, whole)
        return whole


def token_of(aggregate_type: str, source: Mapping[str, Any], version: int | None = None) -> str:
    return ConsistencyToken(aggregate_type, uuid.UUID(source["id"]), version or source["version"], 1).encode()
