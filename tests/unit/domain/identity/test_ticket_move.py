from __future__ import annotations

from uuid import UUID

import pytest

from domain.identity.errors import TicketMoveRunning, TicketMoveToItself
from domain.identity.policies import may_move_tickets
from domain.identity.ticket_move import TicketMove, TicketMoveState
from domain.shared.actor import Role
from domain.shared.ids import uuid7
from domain.tickets.status import TicketStatus
from tests.unit.domain.builders import NOW, actor, later, pulled, stored_ticket

OLD, NEW, ADMIN = UUID(int=11), UUID(int=12), UUID(int=13)


def started(**changes: object) -> TicketMove:
    values: dict[str, object] = {
        "from_organization_id": OLD,
        "to_organization_id": NEW,
        "total": 3,
        "newest_ticket_id": uuid7(),
        "running": (),
        "started_by": ADMIN,
        "at": NOW,
    }
    return TicketMove.start(**(values | changes))  # type: ignore[arg-type]


def test_it_starts_with_all_that_there_is() -> None:
    move = started()
    assert (move.state, move.moved, move.total, move.finished_at) == (TicketMoveState.RUNNING, 0, 3, None)
    (event,) = move.pull_events()
    assert event.event_type() == "OrganizationTicketsMoveStarted"
    assert event.data() == {"from_organization_id": str(OLD), "to_organization_id": str(NEW), "total": 3}


def test_it_ends_with_a_pass_that_finds_nothing() -> None:
    move = started()
    move.pull_events()
    first, second, late = uuid7(), uuid7(), uuid7()
    move.advance([first, second], at=later(1))
    assert (move.moved, move.passed_ticket_id, move.is_running) == (2, second, True)
    move.advance([], at=later(2))
    assert (move.passed_ticket_id, move.is_running) == (None, True)
    move.advance([late], at=later(3))
    move.advance([], at=later(4))
    move.advance([], at=later(5))
    assert (move.moved, move.state, move.finished_at, move.updated_at) == (3, "finished", later(5), later(5))
    assert pulled(move) == ["OrganizationTicketsMoved"]


def test_nothing_to_move_is_finished_at_once() -> None:
    move = started(total=0, newest_ticket_id=None)
    assert (move.is_running, move.finished_at) == (False, NOW)
    assert pulled(move) == ["OrganizationTicketsMoveStarted", "OrganizationTicketsMoved"]


def test_not_to_where_they_are() -> None:
    with pytest.raises(TicketMoveToItself) as refused:
        started(to_organization_id=OLD)
    assert refused.value.pointer == "/to"


def test_one_at_a_time() -> None:
    other = started()
    with pytest.raises(TicketMoveRunning) as refused:
        started(running=[other])
    assert refused.value.details == {"ticket_move_id": str(other.id)}


def test_only_admins_move() -> None:
    assert [may_move_tickets(actor(role)) for role in (Role.ADMIN, Role.AGENT, Role.CUSTOMER)] == [True, False, False]


@pytest.mark.parametrize("status", TicketStatus)
def test_a_ticket_goes_along_whatever_its_status(status: TicketStatus) -> None:
    ticket, move_id = stored_ticket(status, organization_id=OLD), uuid7()
    ticket.move_to_organization(NEW, move_id=move_id, at=later())
    (event,) = ticket.pull_events()
    assert (ticket.organization_id, ticket.status, ticket.updated_at) == (NEW, status, later())
    assert event.data() == {"before": str(OLD), "after": str(NEW), "move_id": str(move_id)}
    ticket.move_to_organization(NEW, move_id=move_id, at=later(2))
    assert not ticket.has_changes
