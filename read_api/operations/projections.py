"""How far one aggregate is projected: what each store holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import ADMIN
from read_api.knowledge.visibility import documents_seen_by, drafts_seen_by
from read_api.reading import Reading
from read_api.tickets.visibility import sees_ticket
from read_models.catalog import CATALOG
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS
from read_models.people import PEOPLE
from read_models.tickets import TICKETS
from runtime.errors import StoreUnavailable

TICKET, DOCUMENT = "ticket", "document"
MODEL_OF_TYPE = {
    TICKET: TICKETS.name,
    "user": PEOPLE.name,
    "group": PEOPLE.name,
    "organization": PEOPLE.name,
    "category": CATALOG.name,
    "ticket_field": CATALOG.name,
}
KEPT_BY_ID = (TICKETS.name, DOCUMENTS.name, DOCUMENT_DRAFTS.name)


async def projection(reading: Reading, aggregate_type: str, aggregate_id: str) -> dict[str, Any] | None:
    """None: no store has ever heard of it, or not for this caller."""
    lookup = reading.services.lookup
    guard = await lookup.applied(aggregate_type, aggregate_id)
    documents = await _documents(reading, aggregate_type, aggregate_id)
    if not documents and (guard is None or not _sees_without_looking(reading, aggregate_type)):
        return None
    return {
        "type": aggregate_type,
        "id": aggregate_id,
        "written_version": _written(reading, aggregate_id),
        "projected_version": guard.aggregate_version if guard else None,
        "projection_version": guard.projection_version if guard else None,
        "documents": documents,
        "last_error": await _last_error(reading, aggregate_type, aggregate_id),
    }


def _written(reading: Reading, aggregate_id: str) -> int | None:
    """Only Postgres knows what was written; a caller who wrote it can say."""
    token = reading.token
    return token.version if token is not None and str(token.aggregate_id) == aggregate_id else None


async def _last_error(reading: Reading, aggregate_type: str, aggregate_id: str) -> str | None:
    published = await reading.services.freshness.published()
    reason: str | None = published.get("failures", {}).get(f"{aggregate_type}:{aggregate_id}")
    return reason


def _sees_without_looking(reading: Reading, aggregate_type: str) -> bool:
    """Whether the caller may know of those, too, of which nothing is indexed that would tell who sees it."""
    if aggregate_type == DOCUMENT:
        return reading.caller.role == ADMIN
    return aggregate_type != TICKET or reading.caller.sees_every_ticket


async def _documents(reading: Reading, aggregate_type: str, aggregate_id: str) -> list[dict[str, Any]]:
    search = reading.services.search
    if aggregate_type != DOCUMENT:
        model = MODEL_OF_TYPE[aggregate_type]
        stored = await search.get(model, aggregate_id)
        if stored is None or (aggregate_type == TICKET and not sees_ticket(reading.caller, stored.source)):
            return []
        return [await _entry(reading, model, aggregate_id, stored.source, stored.version)]
    entries = []
    for model, seen in ((DOCUMENTS.name, documents_seen_by), (DOCUMENT_DRAFTS.name, drafts_seen_by)):
        clauses = [{"term": {"id": aggregate_id}}, *seen(reading.caller)]
        body = {"query": {"bool": {"filter": clauses}}, "size": 500, "version": True, "_source": ["version", "locale"]}
        for hit in (await search.search(model, body)).hits:
            entries.append(await _entry(reading, model, hit["_id"], hit["_source"], hit["_version"]))
    return entries


async def _entry(
    reading: Reading, model: str, document_id: str, source: Mapping[str, Any], projection_version: int
) -> dict[str, Any]:
    return {
        "read_model": model,
        "document_id": document_id,
        "version": source["version"],
        "projection_version": projection_version,
        "redis_version": await _in_redis(reading, model, document_id),
    }


async def _in_redis(reading: Reading, model: str, document_id: str) -> int | None:
    if model not in KEPT_BY_ID:
        return None
    try:
        return await reading.services.lookup.stored_version(model, document_id)
    except StoreUnavailable:
        return None
