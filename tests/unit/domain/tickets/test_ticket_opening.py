from __future__ import annotations

import pytest

from domain.shared.errors import DomainError, WrongValue
from domain.shared.ids import uuid7
from domain.shared.text import TextBlank, TextInvalidCharacter, TextTooLong
from domain.tickets.custom_fields import TicketField
from domain.tickets.messages import MAX_BODY_LENGTH, Visibility
from domain.tickets.priority import TicketChannel, TicketPriority, TicketType
from domain.tickets.status import TicketStatus
from domain.tickets.ticket import MAX_SUBJECT_LENGTH
from tests.unit.domain.builders import AGENT, NOW, REQUESTER, open_ticket


def test_a_ticket_opens_with_its_first_message() -> None:
    ticket = open_ticket(subject="  Printer on fire ", body=" It burns.\n")
    (message,) = ticket.pull_new_messages()
    assert (ticket.subject, ticket.status, ticket.priority) == (
        "Printer on fire",
        TicketStatus.NEW,
        TicketPriority.NORMAL,
    )
    assert (message.position, message.author_id, message.visibility) == (1, REQUESTER, Visibility.PUBLIC)
    assert (message.body, message.created_at) == (" It burns.\n", NOW)
    assert ticket.message_count == 1
    assert ticket.pull_new_messages() == []


def test_a_new_ticket_has_no_version_and_no_number_yet() -> None:
    ticket = open_ticket()
    assert (ticket.version, ticket.number) == (0, None)
    assert ticket.created_at == ticket.updated_at == NOW


def test_it_takes_everything_known_at_the_start() -> None:
    group_id, organization_id, ticket_id, attachment_id = uuid7(), uuid7(), uuid7(), uuid7()
    floor = TicketField.create(key="floor", label="Floor", type="number", at=NOW)
    ticket = open_ticket(
        id=ticket_id,
        priority="urgent",
        type="incident",
        assignee_id=AGENT,
        group_id=group_id,
        organization_id=organization_id,
        tags=["Fire", "fire"],
        custom_fields={"floor": 3},
        field_definitions={"floor": floor},
        locale="de-ch",
        channel="import",
        external_id=" firefox-1 ",
        attachment_ids=[attachment_id, attachment_id],
    )
    assert (ticket.id, ticket.priority, ticket.type) == (ticket_id, TicketPriority.URGENT, TicketType.INCIDENT)
    assert (ticket.assignee_id, ticket.group_id, ticket.organization_id) == (AGENT, group_id, organization_id)
    assert (ticket.tags, ticket.custom_fields) == (("fire",), {"floor": 3})
    assert (ticket.locale, ticket.channel, ticket.external_id) == ("de-CH", TicketChannel.IMPORT, "firefox-1")
    assert ticket.pull_new_messages()[0].attachment_ids == (attachment_id,)


def test_the_event_tells_what_was_opened_without_the_text() -> None:
    ticket = open_ticket(author_id=AGENT)
    (message,) = ticket.pull_new_messages()
    (event,) = ticket.pull_events()
    assert event.occurred_at == NOW
    assert event.data() == {
        "subject": "Printer on fire",
        "requester_id": str(REQUESTER),
        "channel": "api",
        "priority": "normal",
        "message_id": str(message.id),
    }
    assert message.author_id == AGENT
    assert ticket.first_response_at is None


@pytest.mark.parametrize(
    ("changes", "error", "pointer"),
    [
        ({"subject": " "}, TextBlank, "/subject"),
        ({"subject": "x" * (MAX_SUBJECT_LENGTH + 1)}, TextTooLong, "/subject"),
        ({"subject": "a\0"}, TextInvalidCharacter, "/subject"),
        ({"body": "\n"}, TextBlank, "/body"),
        ({"body": "x" * (MAX_BODY_LENGTH + 1)}, TextTooLong, "/body"),
        ({"body": "\ud800"}, TextInvalidCharacter, "/body"),
        ({"priority": "extreme"}, WrongValue, "/priority"),
        ({"type": "rant"}, WrongValue, "/type"),
        ({"channel": "pigeon"}, WrongValue, "/channel"),
        ({"tags": [""]}, TextBlank, "/tags/0"),
        ({"locale": "??"}, DomainError, "/locale"),
        ({"external_id": "x" * 256}, TextTooLong, "/external_id"),
        ({"custom_fields": {"floor": 1}}, DomainError, "/custom_fields/floor"),
        ({"attachment_ids": [uuid7() for _ in range(33)]}, DomainError, "/attachment_ids"),
    ],
)
def test_bad_input_points_at_the_culprit(changes: dict[str, object], error: type[DomainError], pointer: str) -> None:
    with pytest.raises(error) as refusal:
        open_ticket(**changes)
    assert refusal.value.pointer == pointer


def test_the_limits_themselves_are_allowed() -> None:
    ticket = open_ticket(subject="x" * MAX_SUBJECT_LENGTH, body="y" * MAX_BODY_LENGTH)
    assert len(ticket.subject) == MAX_SUBJECT_LENGTH
