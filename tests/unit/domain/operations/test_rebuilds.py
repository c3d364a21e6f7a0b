from __future__ import annotations

from typing import Any

import pytest

from domain.operations.errors import NoIndexKept, NoRebuildRunning, NothingToResume, RebuildRunning
from domain.operations.operation import Operation
from domain.operations.read_models import ReadModelName
from domain.operations.rebuilds import ReadModelState, WishKind
from tests.unit.domain.builders import NOW

TICKETS, PEOPLE = ReadModelName.TICKETS, ReadModelName.PEOPLE


def state(name: ReadModelName = TICKETS, **changes: Any) -> ReadModelState:
    return ReadModelState(name, **changes)


def told(operation: Operation) -> tuple[str, dict[str, object]]:
    (event,) = operation.pull_events()
    return event.event_type(), event.data()


def test_a_rebuild_of_several_is_one_operation() -> None:
    asked = Operation.rebuild([state(), state(PEOPLE)], at=NOW)
    assert told(asked) == ("RebuildRequested", {"projections": ["tickets", "people"]})


@pytest.mark.parametrize("busy", [{"wish": WishKind.ROLLBACK}, {"is_begun": True, "is_at_work": True}])
def test_a_second_one_is_refused(busy: dict[str, Any]) -> None:
    with pytest.raises(RebuildRunning) as refused:
        Operation.rebuild([state(PEOPLE), state(**busy)], at=NOW)
    assert refused.value.details == {"projections": ["tickets"]}
    with pytest.raises(RebuildRunning):
        Operation.roll_back(state(has_kept_index=True, **busy), at=NOW)


def test_one_that_was_interrupted_may_be_begun_anew() -> None:
    assert told(Operation.rebuild([state(is_begun=True)], at=NOW))[0] == "RebuildRequested"


def test_a_rollback_needs_an_index_to_go_back_to() -> None:
    assert told(Operation.roll_back(state(has_kept_index=True), at=NOW)) == (
        "RollbackRequested",
        {"projection": "tickets"},
    )
    with pytest.raises(NoIndexKept) as refused:
        Operation.roll_back(state(), at=NOW)
    assert refused.value.details == {"projection": "tickets"}


@pytest.mark.parametrize("going_on", [{"wish": WishKind.REBUILD}, {"is_begun": True}, {"is_at_work": True}])
def test_whatever_goes_on_can_wait(going_on: dict[str, Any]) -> None:
    assert told(Operation.pause(state(**going_on), at=NOW)) == ("RebuildPaused", {"projection": "tickets"})


def test_nothing_cannot_wait() -> None:
    with pytest.raises(NoRebuildRunning) as refused:
        Operation.pause(state(has_kept_index=True), at=NOW)
    assert refused.value.details == {"projection": "tickets"}


@pytest.mark.parametrize(
    "waiting",
    [
        {"wish": WishKind.REBUILD, "is_paused": True},
        {"is_begun": True, "is_at_work": True, "is_paused": True},
        # Whoever was at it has gone.
        {"is_begun": True},
    ],
)
def test_what_waits_or_was_interrupted_goes_on(waiting: dict[str, Any]) -> None:
    assert told(Operation.resume(state(**waiting), at=NOW)) == ("RebuildResumed", {"projection": "tickets"})


@pytest.mark.parametrize("other", [{}, {"wish": WishKind.REBUILD}, {"is_begun": True, "is_at_work": True}])
def test_what_runs_or_is_not_there_cannot_go_on(other: dict[str, Any]) -> None:
    with pytest.raises(NothingToResume) as refused:
        Operation.resume(state(**other), at=NOW)
    assert refused.value.details == {"projection": "tickets"}
