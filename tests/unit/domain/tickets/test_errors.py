from __future__ import annotations

from domain.shared.ids import uuid7
from domain.tickets.errors import AssigneeNotAllowed, TicketFieldNotFound, TicketNotFound, TicketTransitionNotAllowed
from domain.tickets.status import TicketStatus


def test_what_is_missing_is_named() -> None:
    ticket_id = uuid7()
    assert TicketNotFound(ticket_id).details == {"ticket": str(ticket_id)}
    assert "12" in TicketNotFound(12).message
    assert str(ticket_id) in TicketFieldNotFound(ticket_id).message


def test_an_assignee_is_pointed_at() -> None:
    assert AssigneeNotAllowed().pointer == "/assignee_id"


def test_a_dead_end_is_said_to_be_one() -> None:
    error = TicketTransitionNotAllowed(TicketStatus.CLOSED, TicketStatus.OPEN, ())
    assert "closed" in error.message and "No other status" in error.message
