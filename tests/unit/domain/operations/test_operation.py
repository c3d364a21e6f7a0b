from __future__ import annotations

import pytest

from domain.operations.dead_letters import DeadLetter
from domain.operations.errors import DeadLetterNotFound
from domain.operations.operation import MOST_NAMED, Operation
from domain.operations.policies import may_operate
from domain.operations.read_models import ReadModelName
from domain.shared.actor import Role
from read_models.registry import READ_MODELS
from tests.unit.domain.builders import NOW, actor


def test_a_replay_says_which_letters() -> None:
    operation = Operation.replay([DeadLetter(7, "tickets", "a"), DeadLetter(9, "documents", "b:en")], at=NOW)
    assert (operation.version, operation.aggregate_type) == (0, "operation")
    (event,) = operation.pull_events()
    assert event.event_type() == "DeadLettersReplayed"
    assert event.data() == {"count": 2, "letters": ["tickets:a", "documents:b:en"]}


def test_of_thousands_it_names_the_first() -> None:
    letters = [DeadLetter(number, "tickets", str(number)) for number in range(3_000)]
    (event,) = Operation.replay(letters, at=NOW).pull_events()
    data = event.data()
    assert data["count"] == 3_000
    assert data["letters"] == [f"tickets:{number}" for number in range(MOST_NAMED)]


@pytest.mark.parametrize(("role", "allowed"), [(Role.ADMIN, True), (Role.AGENT, False), (Role.CUSTOMER, False)])
def test_only_admins_operate(role: Role, allowed: bool) -> None:
    assert may_operate(actor(role)) is allowed


def test_who_names_a_letter_that_is_gone_hears_why() -> None:
    refused = DeadLetterNotFound(7)
    assert refused.details == {"dead_letter_id": 7}
    assert "load the list again" in refused.message


def test_its_read_models_are_those_of_the_projector() -> None:
    assert {name.value for name in ReadModelName} == set(READ_MODELS)
