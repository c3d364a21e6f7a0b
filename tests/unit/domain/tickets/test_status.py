from __future__ import annotations

import itertools

import pytest

from domain.tickets.errors import TicketTransitionNotAllowed
from domain.tickets.status import TRANSITIONS, TicketStatus, steps_to
from tests.unit.domain.builders import later, pulled, stored_ticket

N, O, P, H, S, C = TicketStatus

# Written out once more, so that a slip in the table shows.
ALLOWED = {
    *((N, O), (N, P), (N, H), (N, S)),
    *((O, P), (O, H), (O, S)),
    *((P, O), (P, H), (P, S)),
    *((H, O), (H, P), (H, S)),
    *((S, O), (S, C)),
}
PAIRS = list(itertools.product(TicketStatus, repeat=2))


def event_of(before: TicketStatus, after: TicketStatus) -> str:
    if after in (S, C):
        return "TicketSolved" if after is S else "TicketClosed"
    return "TicketReopened" if before is S else "TicketStatusChanged"


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair in ALLOWED])
def test_an_allowed_step_is_taken_and_told(before: TicketStatus, after: TicketStatus) -> None:
    ticket = stored_ticket(before)
    ticket.change_status(after.value, at=later())
    assert ticket.status is after
    (event,) = ticket.pull_events()
    assert event.event_type() == event_of(before, after)
    assert event.data() == {"before": before.value, "after": after.value}
    assert ticket.updated_at == later()


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair not in ALLOWED and pair[0] != pair[1]])
def test_a_forbidden_step_names_the_allowed_ones(before: TicketStatus, after: TicketStatus) -> None:
    ticket = stored_ticket(before)
    with pytest.raises(TicketTransitionNotAllowed) as refusal:
        ticket.change_status(after, at=later())
    allowed = [to.value for to in TicketStatus if (before, to) in ALLOWED]
    assert refusal.value.code == "ticket.transition_not_allowed"
    assert refusal.value.details == {"current": before.value, "requested": after.value, "allowed": allowed}
    assert all(name in refusal.value.message for name in allowed)
    assert ticket.status is before
    assert not ticket.has_changes


@pytest.mark.parametrize("status", TicketStatus)
def test_the_present_status_again_does_nothing(status: TicketStatus) -> None:
    ticket = stored_ticket(status)
    ticket.change_status(status, at=later())
    assert pulled(ticket) == []
    assert ticket.updated_at < later()


def test_solved_at_is_set_exactly_while_resolved() -> None:
    ticket = stored_ticket(O)
    ticket.change_status(S, at=later(1))
    ticket.change_status(C, at=later(2))
    assert ticket.solved_at == later(1)


def test_a_reopened_ticket_is_not_solved() -> None:
    ticket = stored_ticket(S)
    ticket.change_status(O, at=later())
    assert ticket.solved_at is None


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_steps_lead_there_by_allowed_transitions(before: TicketStatus, after: TicketStatus) -> None:
    steps = steps_to(before, after)
    for one, following in itertools.pairwise([before, *steps]):
        assert following in TRANSITIONS[one]
    assert (steps[-1] is after) if steps else (before is after or after is N or before is C)


def test_steps_are_the_shortest() -> None:
    assert steps_to(N, C) == [S, C]
    assert steps_to(S, P) == [O, P]
