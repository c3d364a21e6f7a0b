from __future__ import annotations

import pytest

from domain.shared.actor import Role
from domain.shared.errors import DomainError
from domain.shared.ids import uuid7
from domain.tickets.errors import InternalNoteForbidden, TicketIsClosed
from domain.tickets.messages import Visibility
from domain.tickets.status import TicketStatus
from tests.unit.domain.builders import AGENT, NOW, REQUESTER, answer, later, pulled, stored_ticket

WAITING = [TicketStatus.PENDING, TicketStatus.ON_HOLD, TicketStatus.SOLVED]


def test_a_message_takes_the_next_place_in_the_thread() -> None:
    ticket = stored_ticket(message_count=4_999)
    first, second = answer(ticket), answer(ticket)
    assert list(ticket.new_messages) == [first, second]
    assert [message.position for message in ticket.pull_new_messages()] == [5_000, 5_001]
    assert list(ticket.new_messages) == []
    assert ticket.message_count == 5_001
    assert first.id < second.id


def test_the_event_names_the_message_without_its_text() -> None:
    ticket = stored_ticket(TicketStatus.OPEN)
    message = answer(ticket, visibility="internal")
    (event,) = ticket.pull_events()
    assert event.event_type() == "MessageAdded"
    assert event.data() == {"message_id": str(message.id), "author_id": str(AGENT), "visibility": "internal"}


def test_the_first_public_answer_opens_a_new_ticket_and_stops_the_clock() -> None:
    ticket = stored_ticket(TicketStatus.NEW)
    answer(ticket, at=later(5))
    assert pulled(ticket) == ["MessageAdded", "TicketStatusChanged"]
    assert (ticket.status, ticket.first_response_at) == (TicketStatus.OPEN, later(5))
    answer(ticket, at=later(9))
    assert ticket.first_response_at == later(5)


def test_an_internal_note_is_no_answer() -> None:
    ticket = stored_ticket(TicketStatus.NEW)
    answer(ticket, visibility=Visibility.INTERNAL)
    assert pulled(ticket) == ["MessageAdded"]
    assert (ticket.status, ticket.first_response_at) == (TicketStatus.NEW, None)


@pytest.mark.parametrize("status", WAITING)
def test_an_agents_answer_leaves_a_waiting_ticket_waiting(status: TicketStatus) -> None:
    ticket = stored_ticket(status)
    answer(ticket)
    assert ticket.status is status


@pytest.mark.parametrize("status", WAITING)
def test_a_reply_by_the_requester_reopens(status: TicketStatus) -> None:
    ticket = stored_ticket(status)
    answer(ticket, author_id=REQUESTER, author_role=Role.CUSTOMER)
    expected = "TicketReopened" if status is TicketStatus.SOLVED else "TicketStatusChanged"
    assert pulled(ticket) == ["MessageAdded", expected]
    assert (ticket.status, ticket.solved_at, ticket.first_response_at) == (TicketStatus.OPEN, None, None)


@pytest.mark.parametrize("status", [TicketStatus.NEW, TicketStatus.OPEN])
def test_a_reply_by_the_requester_changes_nothing_where_work_is_due_anyway(status: TicketStatus) -> None:
    ticket = stored_ticket(status)
    answer(ticket, author_id=REQUESTER, author_role=Role.CUSTOMER)
    assert ticket.status is status


def test_an_agent_who_asked_is_a_requester() -> None:
    ticket = stored_ticket(TicketStatus.SOLVED, requester_id=AGENT)
    answer(ticket, author_id=AGENT, author_role=Role.AGENT)
    assert (ticket.status, ticket.first_response_at) == (TicketStatus.OPEN, None)


def test_a_note_by_the_requesting_agent_reopens_nothing() -> None:
    ticket = stored_ticket(TicketStatus.SOLVED, requester_id=AGENT)
    answer(ticket, author_id=AGENT, visibility=Visibility.INTERNAL)
    assert ticket.status is TicketStatus.SOLVED


def test_another_customer_counts_as_the_requesters_side() -> None:
    ticket = stored_ticket(TicketStatus.PENDING)
    answer(ticket, author_id=uuid7(), author_role=Role.CUSTOMER)
    assert ticket.status is TicketStatus.OPEN


def test_customers_write_no_notes() -> None:
    ticket = stored_ticket()
    with pytest.raises(InternalNoteForbidden):
        answer(ticket, author_id=REQUESTER, author_role=Role.CUSTOMER, visibility=Visibility.INTERNAL)
    assert not ticket.has_changes


def test_a_closed_ticket_takes_no_message() -> None:
    ticket = stored_ticket(TicketStatus.CLOSED)
    with pytest.raises(TicketIsClosed) as refusal:
        answer(ticket)
    assert refusal.value.code == "ticket.closed"
    assert ticket.pull_new_messages() == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"body": ""}, "/body"),
        ({"visibility": "secret"}, "/visibility"),
        ({"attachment_ids": [uuid7() for _ in range(33)]}, "/attachment_ids"),
    ],
)
def test_a_refused_message_leaves_no_trace(changes: dict[str, object], pointer: str) -> None:
    ticket = stored_ticket()
    with pytest.raises(DomainError) as refusal:
        answer(ticket, **changes)
    assert refusal.value.pointer == pointer
    assert (ticket.message_count, ticket.has_changes, ticket.pull_new_messages()) == (1, False, [])
    assert ticket.updated_at == NOW
