from __future__ import annotations

from typing import Annotated, Any, Optional

from fastapi import APIRouter, Path
from fastapi import Query as Parameter
from fastapi import Response

from read_api.paging import Mark
from read_api.reading import IfNoneMatch, Reading, SignedInReading
from read_api.search.facets import asked_facets
from read_api.search.parameters import (
    DEFAULT_LIMIT,
    Cursor,
    FacetNames,
    Limit,
    SearchText,
    SortBy,
    parsed_query,
)
from read_api.search.runner import Asked, list_answer, page_of
from read_api.shapes import NOT_MODIFIED
from read_api.tickets.fields import FACETS
from read_api.tickets.listing import listed
from read_api.tickets.parameters import TicketFilters
from read_api.tickets.queries import HISTORY_ORDER, history_body, messages_body, messages_order
from read_api.tickets.questions import ListQuestion, SearchQuestion
from read_api.tickets.reader import ticket
from read_api.tickets.remembering import remembering_route
from read_api.tickets.schemas import HistoryList, MessageList, Ticket, TicketList, TicketSearchResult
from read_api.tickets.search import searched
from read_api.tickets.shapes import history_item, message_item, ticket_detail
from read_api.tickets.visibility import sees_event, sees_message
from read_models.history import HISTORY
from read_models.messages import MESSAGES
from runtime.parameters import StrictParametersRoute
from runtime.search.sorting import RELEVANCE, SortKeys, reversed_keys

router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictParametersRoute)
IdOrNumber = Annotated[str, Path(max_length=64, description="The id, or the number people use")]


async def list_tickets(
    reading: SignedInReading,
    filters: TicketFilters,
    sort: SortBy = "-created_at",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Tickets the caller may see, newest first."""
    question = ListQuestion(filters, sort, limit)
    answer = await listed(reading, question, cursor)
    reading.services.list_questions.remember(reading.request, question, cursor)
    return answer


router.add_api_route(
    "/tickets",
    list_tickets,
    operation_id="list_tickets",
    response_model=TicketList,
    methods=["GET"],
    route_class_override=remembering_route(lambda services: services.list_questions, listed),
)


async def search_tickets(
    reading: SignedInReading,
    filters: TicketFilters,
    q: SearchText = None,
    facets: FacetNames = None,
    sort: SortBy = RELEVANCE,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Tickets that match `q` and the filters, best first: exact words before inflected before misspelt ones.

    A word may also be the number of a ticket or, for staff, name its requester or assignee. Misspelt words are looked
    for where fewer than ten tickets have them as they are typed; if no ticket has all words, those with most are found.
    `facets` takes status, priority, type, tags, assignee, group, organization.
    """
    question = SearchQuestion(filters, q or "", parsed_query(q), asked_facets(facets, FACETS), sort, limit)
    answer = await searched(reading, question, cursor)
    reading.services.search_questions.remember(reading.request, question, cursor)
    return answer


router.add_api_route(
    "/search/tickets",
    search_tickets,
    operation_id="search_tickets",
    response_model=TicketSearchResult,
    methods=["GET"],
    route_class_override=remembering_route(lambda services: services.search_questions, searched),
)


@router.get("/tickets/{ticket_id}", operation_id="get_ticket", response_model=Ticket, responses=NOT_MODIFIED)
async def get_ticket(reading: SignedInReading, ticket_id: IdOrNumber, if_none_match: IfNoneMatch = None) -> Response:
    """One ticket with its newest 20 messages that the caller may see."""
    source, labels = await ticket(reading, ticket_id)
    shown = ticket_detail(source, labels, reading.caller)
    return await reading.answer(shown, version=source["version"], if_none_match=if_none_match)


@router.get("/tickets/{ticket_id}/messages", operation_id="list_messages", response_model=MessageList)
async def list_messages(
    reading: SignedInReading,
    ticket_id: IdOrNumber,
    sort: Annotated[Optional[str], Parameter(pattern="^-?created_at$", description="created_at or -created_at")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """The whole thread, oldest first."""
    source, _ = await ticket(reading, ticket_id)
    keys = messages_order(reading.caller, newest_first=sort == "-created_at")
    asked = Asked("/v1/messages", MESSAGES.name, sees_message, {"ticket": source["id"]}, keys, limit, cursor)
    answer, mark = await _of_ticket(reading, asked, messages_body(source["id"], reading.caller), message_item)
    return await reading.answer(answer, mark=mark)


@router.get("/tickets/{ticket_id}/history", operation_id="list_ticket_history", response_model=HistoryList)
async def list_history(
    reading: SignedInReading,
    ticket_id: IdOrNumber,
    sort: Annotated[
        Optional[str], Parameter(pattern="^-?occurred_at$", description="occurred_at or -occurred_at")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """What happened to the ticket, oldest first. Customers see what is public."""
    source, _ = await ticket(reading, ticket_id)
    keys: SortKeys = reversed_keys(HISTORY_ORDER) if sort == "-occurred_at" else HISTORY_ORDER
    asked = Asked("/v1/history", HISTORY.name, sees_event, {"ticket": source["id"]}, keys, limit, cursor)
    answer, mark = await _of_ticket(reading, asked, history_body(source["id"], reading.caller), history_item)
    return await reading.answer(answer, mark=mark)


async def _of_ticket(
    reading: Reading, asked: Asked, body: dict[str, Any], item: Any
) -> tuple[dict[str, Any], Mark | None]:
    page, mark = await page_of(reading, asked, lambda _: body)
    sources = [hit["_source"] for hit in page.hits]
    people = {("user", source[path]) for source in sources for path in ("author_id", "actor_id") if source.get(path)}
    labels = await reading.labels(people)
    return list_answer(page, [item(source, labels) for source in sources], labels), mark
