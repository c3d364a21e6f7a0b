"""Tickets by id: Redis first, then Elasticsearch, which is asked for the document as it is now. Visibility included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from read_api.labels import Labels
from read_api.reading import Reading
from read_api.stores.redis import Label, LabelKey
from read_api.tickets.queries import by_number_body
from read_api.tickets.shapes import mentioned
from read_api.tickets.visibility import sees_ticket
from read_models.tickets import TICKETS
from runtime.errors import StoreUnavailable
from runtime.problems import ProblemError
from runtime.search.fields import is_id, whole_number

log = structlog.get_logger(__name__)
MODEL = TICKETS.name
Source = Mapping[str, Any]


def not_found() -> ProblemError:
    return ProblemError(404, "ticket.not_found", "There is no such ticket, or you may not see it.")


async def ticket(reading: Reading, id_or_number: str) -> tuple[Source, Labels]:
    """The stored document and the labels it mentions. A ticket that the caller may not see is not there."""
    ticket_id = id_or_number.lower() if is_id(id_or_number) else await _id_of_number(reading, id_or_number)
    source, known = await _stored(reading, ticket_id)
    if source is None or not sees_ticket(reading.caller, source):
        raise not_found()
    labels = await reading.services.labels.read(mentioned([source]), reading.locales, known)
    return source, labels


async def _stored(reading: Reading, ticket_id: str) -> tuple[Source | None, Mapping[LabelKey, Label]]:
    lookup, search = reading.services.lookup, reading.services.search
    try:
        source, labels = await lookup.document(MODEL, ticket_id)
        if source is not None:
            return source, labels
    except StoreUnavailable as failure:
        log.warning("document_from_elasticsearch", model=MODEL, reason=str(failure))
    stored = await search.get(MODEL, ticket_id, TICKETS.index_only)
    if stored is None:
        return None, {}
    try:
        await lookup.refill(MODEL, ticket_id, ("ticket", ticket_id), stored.source)
    except StoreUnavailable as failure:
        log.info("document_not_put_back", model=MODEL, reason=str(failure))
    return stored.source, {}


async def _id_of_number(reading: Reading, text: str) -> str:
    number = whole_number(text.removeprefix("#"))
    if number is None:
        raise not_found()
    await reading.searchable(MODEL)
    found = await reading.services.search.search(MODEL, by_number_body(number, reading.caller))
    if not found.hits:
        raise not_found()
    ticket_id: str = found.hits[0]["_source"]["id"]
    return ticket_id
