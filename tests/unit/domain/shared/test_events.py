from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

import pytest

from domain.shared.events import Change, DomainEvent, to_json
from domain.tickets.status import TicketStatus
from tests.unit.domain.builders import NOW

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@dataclasses.dataclass(frozen=True, kw_only=True)
class ThingHappened(DomainEvent):
    thing: object


def test_an_event_is_named_after_its_class_and_cannot_change() -> None:
    event = ThingHappened(occurred_at=NOW, thing=1)
    assert event.event_type() == "ThingHappened"
    assert event.data() == {"thing": 1}
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.thing = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (1.5, 1.5),
        (True, True),
        ("text", "text"),
        (ID, str(ID)),
        (TicketStatus.ON_HOLD, "on_hold"),
        (datetime(2026, 3, 31, 14, 0, 0, 250, timezone(timedelta(hours=2))), "2026-03-31T12:00:00.000250Z"),
        (date(2026, 3, 31), "2026-03-31"),
        ((1, ["a"]), [1, ["a"]]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({ID: TicketStatus.NEW}, {str(ID): "new"}),
        (Change(before=None, after=ID), {"before": None, "after": str(ID)}),
    ],
)
def test_data_is_ready_for_json(value: object, expected: object) -> None:
    data = ThingHappened(occurred_at=NOW, thing=value).data()
    assert data == {"thing": expected}
    assert type(data["thing"]) is type(expected)
    assert json.loads(json.dumps(data)) == data


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        to_json(b"\x00")
