"""The list of tickets."""

from __future__ import annotations

from fastapi import Response

from read_api.reading import Reading
from read_api.search.parameters import sorted_by
from read_api.search.runner import Asked, list_answer, page_of
from read_api.tickets.queries import list_body
from read_api.tickets.questions import ListQuestion
from read_api.tickets.reader import MODEL
from read_api.tickets.shapes import mentioned, ticket_item
from read_api.tickets.visibility import sees_ticket
from runtime.search.fields import Names
from runtime.search.ticket_fields import SORTS


async def listed(reading: Reading, question: ListQuestion, cursor: str | None) -> Response:
    filters, keys = question.filters, sorted_by(question.sort, SORTS)
    asked = Asked("/v1/tickets", MODEL, sees_ticket, filters.asked(), keys, question.limit, cursor, only_page=True)
    body = list_body(filters, Names(reading.caller.user_id), reading.caller)
    page, mark = await page_of(reading, asked, lambda _: body)
    sources = [hit["_source"] for hit in page.hits]
    labels = await reading.labels(mentioned(sources))
    items = [ticket_item(source, labels, reading.caller) for source in sources]
    return await reading.answer(list_answer(page, items, labels), mark=mark)
