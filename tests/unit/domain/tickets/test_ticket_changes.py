from __future__ import annotations

from uuid import UUID

import pytest

from domain.shared.errors import DomainError, UnknownField
from domain.tickets.custom_fields import TicketField
from domain.tickets.errors import TicketIsClosed
from domain.tickets.priority import TicketPriority, TicketType
from domain.tickets.status import TicketStatus
from tests.unit.domain.builders import AGENT, NOW, later, pulled, stored_ticket

GROUP = UUID(int=3)
FLOOR = TicketField.create(key="floor", label="Floor", type="number", at=NOW)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("subject", " New subject ", "New subject"),
        ("type", "problem", TicketType.PROBLEM),
        ("tags", ["A", "b"], ("a", "b")),
        ("organization_id", str(GROUP), GROUP),
        ("requester_id", AGENT, AGENT),
        ("locale", "pt-br", "pt-BR"),
        ("assignee_id", str(AGENT), AGENT),
        ("group_id", GROUP, GROUP),
        ("priority", "low", TicketPriority.LOW),
    ],
)
def test_a_field_takes_its_new_value_in_one_event(field: str, value: object, stored: object) -> None:
    ticket = stored_ticket()
    ticket.change({field: value}, at=later())
    assert getattr(ticket, field) == stored
    assert len(ticket.pull_events()) == 1
    assert ticket.updated_at == later()
    ticket.change({field: value}, at=later(2))
    assert not ticket.has_changes
    assert ticket.updated_at == later()


@pytest.mark.parametrize("field", ["type", "assignee_id", "group_id", "organization_id", "locale"])
def test_null_removes_an_optional_value(field: str) -> None:
    ticket = stored_ticket()
    setattr(ticket, field, "anything")
    ticket.change({field: None}, at=later())
    assert getattr(ticket, field) is None


def test_null_removes_all_tags() -> None:
    ticket = stored_ticket(tags=("a",))
    ticket.change({"tags": None}, at=later())
    assert ticket.tags == ()


def test_each_field_is_told_by_exactly_one_event() -> None:
    ticket = stored_ticket()
    ticket.change(
        {"subject": "Smoke", "tags": ["x"], "assignee_id": AGENT, "group_id": GROUP, "priority": "high"}, at=later()
    )
    assert [(event.event_type(), event.data()) for event in ticket.pull_events()] == [
        (
            "TicketChanged",
            {
                "changes": {
                    "subject": {"before": "Printer on fire", "after": "Smoke"},
                    "tags": {"before": [], "after": ["x"]},
                }
            },
        ),
        (
            "TicketAssigned",
            {
                "changes": {
                    "assignee_id": {"before": None, "after": str(AGENT)},
                    "group_id": {"before": None, "after": str(GROUP)},
                }
            },
        ),
        ("TicketPriorityChanged", {"before": "normal", "after": "high"}),
    ]


def test_custom_fields_are_merged() -> None:
    ticket = stored_ticket(custom_fields={"floor": 2, "room": "b"})
    ticket.change({"custom_fields": {"floor": 3, "room": None}}, at=later(), field_definitions={"floor": FLOOR})
    assert ticket.custom_fields == {"floor": 3}
    (event,) = ticket.pull_events()
    assert event.data() == {"changes": {"custom_fields": {"before": {"floor": 2, "room": "b"}, "after": {"floor": 3}}}}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"subject": None}, "/subject"),
        ({"subject": " "}, "/subject"),
        ({"priority": None}, "/priority"),
        ({"type": "rant"}, "/type"),
        ({"tags": "vpn"}, "/tags"),
        ({"group_id": "x"}, "/group_id"),
        ({"assignee_id": 5}, "/assignee_id"),
        ({"organization_id": ""}, "/organization_id"),
        ({"requester_id": None}, "/requester_id"),
        ({"locale": "x"}, "/locale"),
        ({"custom_fields": []}, "/custom_fields"),
        ({"status": "solved"}, "/status"),
        ({"version": 3}, "/version"),
        ({"subject": "fine", "priority": "wrong"}, "/priority"),
    ],
)
def test_a_refused_change_changes_nothing(changes: dict[str, object], pointer: str) -> None:
    ticket = stored_ticket()
    with pytest.raises(DomainError) as refusal:
        ticket.change(changes, at=later())
    assert refusal.value.pointer == pointer
    assert (ticket.subject, ticket.has_changes, ticket.updated_at) == ("Printer on fire", False, NOW)


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(UnknownField) as refusal:
        stored_ticket().change({"colour": "red"}, at=later())
    assert "subject" in refusal.value.message and "custom_fields" in refusal.value.message


def test_a_closed_ticket_changes_no_more() -> None:
    ticket = stored_ticket(TicketStatus.CLOSED)
    with pytest.raises(TicketIsClosed):
        ticket.change({"subject": "Still burning"}, at=later())


@pytest.mark.parametrize("status", TicketStatus)
def test_any_ticket_can_be_deleted(status: TicketStatus) -> None:
    ticket = stored_ticket(status)
    ticket.delete(at=later())
    assert ticket.deleted
    (event,) = ticket.pull_events()
    assert event.event_type() == "TicketDeleted"
    assert event.data() == {
        "number": 42,
        "subject": "Printer on fire",
        "status": status.value,
        "requester_id": str(ticket.requester_id),
        "organization_id": None,
    }


def test_an_empty_change_does_nothing() -> None:
    ticket = stored_ticket()
    ticket.change({}, at=later())
    assert pulled(ticket) == []
