"""What the pages offer is what the domain allows; the server has the last word anyway."""

from __future__ import annotations

import json
from typing import Any

from domain.knowledge.translation import ACTIONS
from domain.tickets.status import TRANSITIONS
from tests.support.imports import ROOT

CONSOLE = ROOT / "frontend" / "src" / "console"


def table(path: str) -> Any:
    return json.loads((CONSOLE / path).read_text(encoding="utf-8"))


def test_steps_of_a_ticket_are_offered_in_the_order_of_the_domain() -> None:
    allowed = {status.value: [step.value for step in steps] for status, steps in TRANSITIONS.items()}
    assert table("ticket/transitions.json") == allowed


def test_steps_of_a_document_are_those_of_its_status() -> None:
    allowed = {status.value: [action.value for action in actions] for status, actions in ACTIONS.items()}
    assert table("knowledge/transitions.json") == allowed
