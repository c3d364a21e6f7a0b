from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Response

from read_api.exports.answer import FormatName, answers, export
from read_api.exports.walk import Exported
from read_api.reading import SignedInReading
from read_api.search.parameters import SearchText, SortBy, parsed_query, sorted_by
from read_api.tickets.parameters import TicketFilters
from read_api.tickets.queries import search_body
from read_api.tickets.reader import MODEL
from read_api.tickets.schemas import TicketItem
from read_api.tickets.search import understood, with_people
from read_api.tickets.shapes import mentioned, ticket_item
from read_api.tickets.visibility import sees_ticket
from runtime.parameters import StrictParametersRoute
from runtime.search.ticket_fields import SORTS

# Before the router that takes `export` for the id of a ticket.
router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictParametersRoute)
_LINES = '{"id": "0199a0c4-1f00-7a3b-9c4d-6e5f70819203", "number": 1042, …}\n{"complete": true, "count": 1}\n'
_ROWS = "id,number,…\r\n0199a0c4-1f00-7a3b-9c4d-6e5f70819203,1042,…\r\n#complete,1\r\n"


@router.get("/tickets/export", operation_id="export_tickets", response_class=Response, responses=answers(_LINES, _ROWS))
async def export_tickets(
    reading: SignedInReading,
    filters: TicketFilters,
    q: SearchText = None,
    sort: SortBy = "-created_at",
    format: FormatName = "jsonl",
) -> Response:
    """All tickets that lists and searches find with these filters and `q`, as items of lists, from one point in time.

    The last line is `{"complete": true, "count": …}`, of CSV `#complete,…`: what ends otherwise was broken off.
    """
    keys, caller = sorted_by(sort, SORTS), reading.caller
    search = replace(await understood(reading, parsed_query(q), filters), highlight=False)
    if caller.is_staff and search.query.required_words:
        search = await with_people(reading, search)
    exported = Exported(
        model=MODEL,
        keys=keys,
        body=lambda reach: search_body(replace(search, reach=reach), caller),
        words=search.query.required_words,
        sees=sees_ticket,
        mentioned=lambda sources: list(mentioned(sources)),
        item=lambda source, labels: ticket_item(source, labels, caller),
    )
    return await export(reading, exported, TicketItem, format, "tickets")
