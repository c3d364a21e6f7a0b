from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.errors import DomainError, UnknownField
from domain.tickets.custom_fields import (
    MAX_NUMBER,
    MAX_OPTIONS,
    MAX_VALUE_LENGTH,
    FieldType,
    TicketField,
    merge_custom_fields,
)
from domain.tickets.errors import CustomFieldUnknown, TicketFieldInvalid
from tests.unit.domain.builders import NOW, later, pulled


def field(type: str, **changes: object) -> TicketField:
    options = ("red", "green") if type == "choice" else ()
    values: dict[str, object] = {"key": "f", "label": "F", "type": type, "options": options, "at": NOW}
    return TicketField.create(**(values | changes))  # type: ignore[arg-type]


def test_a_definition_is_created() -> None:
    choice = field("choice", key="colour", label=" Colour ")
    assert (choice.key, choice.label, choice.type) == ("colour", "Colour", FieldType.CHOICE)
    assert (choice.options, choice.active, choice.version) == (("red", "green"), True, 0)
    (event,) = choice.pull_events()
    assert event.data() == {"key": "colour", "label": "Colour", "type": "choice", "options": ["red", "green"]}


@pytest.mark.parametrize("key", ["", "1st", "Upper", "with space", "a-b", "a" * 65, "ä", "a\n"])
def test_a_key_is_a_plain_name(key: str) -> None:
    with pytest.raises(TicketFieldInvalid) as refusal:
        field("text", key=key)
    assert refusal.value.pointer == "/key"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"type": "emoji"}, "/type"),
        ({"type": "text", "label": ""}, "/label"),
        ({"type": "text", "options": ["a"]}, "/options"),
        ({"type": "choice", "options": []}, "/options"),
        ({"type": "choice", "options": ["a", "a"]}, "/options"),
        ({"type": "choice", "options": [str(n) for n in range(MAX_OPTIONS + 1)]}, "/options"),
        ({"type": "choice", "options": ["a", ""]}, "/options/1"),
        ({"type": "choice", "options": "abc"}, "/options"),
    ],
)
def test_a_bad_definition_points_at_the_culprit(changes: dict[str, str], pointer: str) -> None:
    with pytest.raises(DomainError) as refusal:
        field(**changes)
    assert refusal.value.pointer == pointer


def test_label_options_and_activity_change() -> None:
    choice = field("choice")
    choice.pull_events()
    choice.change({"label": "Hue", "options": ["blue"], "active": False}, at=later())
    assert (choice.label, choice.options, choice.active) == ("Hue", ("blue",), False)
    (event,) = choice.pull_events()
    assert event.data()["changes"] == {
        "label": {"before": "F", "after": "Hue"},
        "options": {"before": ["red", "green"], "after": ["blue"]},
        "active": {"before": True, "after": False},
    }
    choice.change({"label": "Hue"}, at=later(2))
    assert pulled(choice) == []


@pytest.mark.parametrize("change", [{"key": "other"}, {"type": "number"}])
def test_key_and_type_are_final(change: dict[str, object]) -> None:
    with pytest.raises(UnknownField):
        field("text").change(change, at=later())


@pytest.mark.parametrize(
    ("type", "value", "stored"),
    [
        ("text", " a ", "a"),
        ("number", 0, 0),
        ("number", -1.5, -1.5),
        ("number", MAX_NUMBER, MAX_NUMBER),
        ("boolean", False, False),
        ("date", "2024-02-29", "2024-02-29"),
        ("choice", "green", "green"),
    ],
)
def test_a_fitting_value_is_taken(type: str, value: object, stored: object) -> None:
    assert field(type).clean_value(value) == stored


WRONG_VALUES: dict[str, list[object]] = {
    "text": ["", "x" * (MAX_VALUE_LENGTH + 1), 5, "\0", ["a"]],
    "number": ["5", True, float("nan"), float("inf"), MAX_NUMBER + 1, -(10**400), []],
    "boolean": [0, "true", {}],
    "date": ["2023-02-29", "20240229", "2024-02-29T00:00:00Z", 20240229, "２024-02-29", ""],
    "choice": ["blue", "", 1, ["red"], {"red": 1}],
}


@pytest.mark.parametrize(
    ("type", "value"), [(type, value) for type, values in WRONG_VALUES.items() for value in values]
)
def test_a_wrong_value_is_refused(type: str, value: object) -> None:
    with pytest.raises(DomainError) as refusal:
        field(type).clean_value(value)
    assert refusal.value.pointer == "/custom_fields/f"


def test_a_patch_sets_and_removes() -> None:
    definitions = {"a": field("number", key="a"), "b": field("number", key="b")}
    current = {"a": 1, "c": 3}
    assert merge_custom_fields(current, {"b": 2, "c": None, "z": None}, definitions) == {"a": 1, "b": 2}
    assert current == {"a": 1, "c": 3}
    assert merge_custom_fields(current, None, definitions) == {}


def test_an_inactive_field_can_only_be_removed() -> None:
    retired = field("number", key="old")
    retired.change({"active": False}, at=later())
    with pytest.raises(CustomFieldUnknown):
        merge_custom_fields({}, {"old": 1}, {"old": retired})
    assert merge_custom_fields({"old": 1}, {"old": None}, {"old": retired}) == {}


def test_an_unknown_key_is_pointed_at_even_if_it_is_odd() -> None:
    with pytest.raises(CustomFieldUnknown) as refusal:
        merge_custom_fields({}, {"a/b": 1}, {})
    assert refusal.value.pointer == "/custom_fields/a~1b"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers())))
def test_any_value_is_taken_or_refused_clearly(value: object) -> None:
    for type in FieldType:
        try:
            stored = field(type.value).clean_value(value)
        except DomainError:
            continue
        assert field(type.value).clean_value(stored) == stored
