from __future__ import annotations

from uuid import UUID

import pytest

from domain.shared.errors import WrongValue
from domain.shared.values import to_bool, to_enum, to_int, to_items, to_optional_uuid, to_uuid
from domain.tickets.priority import TicketPriority

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def test_an_enum_takes_its_value_or_itself() -> None:
    assert to_enum(TicketPriority, "high", "/p") is TicketPriority.HIGH
    assert to_enum(TicketPriority, TicketPriority.LOW, "/p") is TicketPriority.LOW


@pytest.mark.parametrize("value", ["HIGH", "", None, 3, ["high"], {}])
def test_an_enum_refuses_the_rest_and_names_what_it_takes(value: object) -> None:
    with pytest.raises(WrongValue) as refusal:
        to_enum(TicketPriority, value, "/p")
    assert refusal.value.pointer == "/p"
    assert refusal.value.details == {"allowed": ["low", "normal", "high", "urgent"]}


def test_an_id_may_be_a_uuid_or_its_text() -> None:
    assert to_uuid(ID, "/id") is ID
    assert to_uuid(str(ID), "/id") == ID
    assert to_optional_uuid(None, "/id") is None
    assert to_optional_uuid(ID, "/id") == ID


@pytest.mark.parametrize("value", ["", "me", 5, None])
def test_no_other_id(value: object) -> None:
    with pytest.raises(WrongValue):
        to_uuid(value, "/id")


def test_a_boolean_is_no_number() -> None:
    assert to_bool(False, "/b") is False
    with pytest.raises(WrongValue):
        to_bool(0, "/b")


@pytest.mark.parametrize("value", [True, 1.0, "1", -1, 11, None])
def test_a_whole_number_within_bounds(value: object) -> None:
    assert to_int(10, "/n", low=0, high=10) == 10
    with pytest.raises(WrongValue):
        to_int(value, "/n", low=0, high=10)


@pytest.mark.parametrize("value", ["abc", b"abc", 5, None])
def test_a_text_is_no_list(value: object) -> None:
    assert to_items(("a", 1), "/l") == ["a", 1]
    with pytest.raises(WrongValue):
        to_items(value, "/l")
