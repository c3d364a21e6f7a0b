from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from domain.shared.actor import Role
from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField
from domain.shared.ids import uuid7
from domain.shared.locale import normalise_optional_locale
from domain.shared.tags import normalise_tags
from domain.shared.text import clean_text, optional_text
from domain.shared.values import to_enum, to_optional_uuid, to_uuid
from domain.tickets.custom_fields import FieldValue, TicketField, merge_custom_fields
from domain.tickets.errors import InternalNoteForbidden, TicketIsClosed, TicketTransitionNotAllowed, TooManyAttachments
from domain.tickets.events import (
    MessageAdded,
    TicketAssigned,
    TicketChanged,
    TicketClosed,
    TicketDeleted,
    TicketMovedToOrganization,
    TicketOpened,
    TicketPriorityChanged,
    TicketReopened,
    TicketSolved,
    TicketStatusChanged,
)
from domain.tickets.messages import MAX_ATTACHMENTS, MAX_BODY_LENGTH, Message, Visibility
from domain.tickets.priority import TicketChannel, TicketPriority, TicketType
from domain.tickets.status import TRANSITIONS, TicketStatus

MAX_SUBJECT_LENGTH = 500
MAX_EXTERNAL_ID_LENGTH = 255
FieldDefinitions = Mapping[str, TicketField]
NO_FIELDS: FieldDefinitions = MappingProxyType({})


@dataclass(kw_only=True, eq=False)
class Ticket(Aggregate):
    """Holds no thread: a thread may have thousands of messages. New ones wait in `_new_messages` for the repository."""

    aggregate_type = "ticket"

    # The store gives the number on the first save.
    number: int | None = None
    subject: str
    status: TicketStatus = TicketStatus.NEW
    priority: TicketPriority = TicketPriority.NORMAL
    type: TicketType | None = None
    requester_id: UUID
    assignee_id: UUID | None = None
    group_id: UUID | None = None
    organization_id: UUID | None = None
    tags: tuple[str, ...] = ()
    custom_fields: dict[str, FieldValue] = field(default_factory=dict)
    locale: str | None = None
    channel: TicketChannel = TicketChannel.API
    external_id: str | None = None
    message_count: int = 0
    first_response_at: datetime | None = None
    solved_at: datetime | None = None
    _new_messages: list[Message] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def open(
        cls,
        *,
        subject: str,
        body: str,
        requester_id: UUID,
        at: datetime,
        author_id: UUID | None = None,
        priority: TicketPriority | str = TicketPriority.NORMAL,
        type: TicketType | str | None = None,
        assignee_id: UUID | None = None,
        group_id: UUID | None = None,
        organization_id: UUID | None = None,
        tags: Iterable[str] = (),
        custom_fields: Mapping[str, object] | None = None,
        field_definitions: FieldDefinitions = NO_FIELDS,
        locale: str | None = None,
        channel: TicketChannel | str = TicketChannel.API,
        external_id: str | None = None,
        attachment_ids: Iterable[UUID] = (),
        id: UUID | None = None,
    ) -> Ticket:
        """The first message is public and by the requester, unless somebody else (`author_id`) opens it for them."""
        ticket = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            subject=_clean_subject(subject),
            priority=to_enum(TicketPriority, priority, "/priority"),
            type=_to_type(type),
            requester_id=requester_id,
            assignee_id=assignee_id,
            group_id=group_id,
            organization_id=organization_id,
            tags=normalise_tags(tags),
            custom_fields=merge_custom_fields({}, custom_fields, field_definitions),
            locale=normalise_optional_locale(locale),
            channel=to_enum(TicketChannel, channel, "/channel"),
            external_id=optional_text(external_id, pointer="/external_id", max_length=MAX_EXTERNAL_ID_LENGTH),
        )
        message = ticket._append(author_id or requester_id, Visibility.PUBLIC, body, at, attachment_ids)
        ticket.record(
            TicketOpened(
                occurred_at=at,
                subject=ticket.subject,
                requester_id=requester_id,
                channel=ticket.channel,
                priority=ticket.priority,
                message_id=message.id,
            )
        )
        return ticket

    def add_message(
        self,
        *,
        author_id: UUID,
        author_role: Role,
        visibility: Visibility | str,
        body: str,
        at: datetime,
        attachment_ids: Iterable[UUID] = (),
    ) -> Message:
        self._refuse_closed()
        kind = to_enum(Visibility, visibility, "/visibility")
        if kind is Visibility.INTERNAL and not author_role.is_staff:
            raise InternalNoteForbidden
        message = self._append(author_id, kind, body, at, attachment_ids)
        self.record(
            MessageAdded(occurred_at=at, message_id=message.id, author_id=author_id, visibility=message.visibility)
        )
        if message.visibility is Visibility.PUBLIC:
            if author_role.is_staff and author_id != self.requester_id:
                self._answered(at)
            elif self.status not in (TicketStatus.NEW, TicketStatus.OPEN):
                self._move(TicketStatus.OPEN, at)
        return message

    def change(
        self, changes: Mapping[str, object], *, at: datetime, field_definitions: FieldDefinitions = NO_FIELDS
    ) -> None:
        """Takes a JSON Merge Patch. `field_definitions` (by key) are needed only where custom fields are set."""
        self._refuse_closed()
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "custom_fields":
                values[name] = merge_custom_fields(self.custom_fields, value, field_definitions)
            elif name in _CLEANERS:
                values[name] = _CLEANERS[name](value)
            else:
                raise UnknownField(name, CHANGEABLE)
        priority_before = self.priority
        changed = self._assign(values)
        assigned = {name: changed.pop(name) for name in _ASSIGNMENT if name in changed}
        prioritised = changed.pop("priority", None)
        if changed:
            self.record(TicketChanged(occurred_at=at, changes=changed))
        if assigned:
            self.record(TicketAssigned(occurred_at=at, changes=assigned))
        if prioritised:
            self.record(TicketPriorityChanged(occurred_at=at, before=priority_before, after=self.priority))

    def change_status(self, to: TicketStatus | str, *, at: datetime) -> None:
        """The present status is accepted and does nothing."""
        target = to_enum(TicketStatus, to, "/status")
        if target is self.status:
            return
        allowed = TRANSITIONS[self.status]
        if target not in allowed:
            raise TicketTransitionNotAllowed(self.status, target, allowed)
        self._move(target, at)

    def move_to_organization(self, organization_id: UUID | None, *, move_id: UUID, at: datetime) -> None:
        """A closed one, too: whose it is says nothing about its matter."""
        before, self.organization_id = self.organization_id, organization_id
        if before != organization_id:
            self.record(
                TicketMovedToOrganization(occurred_at=at, before=before, after=organization_id, move_id=move_id)
            )

    def delete(self, *, at: datetime) -> None:
        self.deleted = True
        self.record(
            TicketDeleted(
                occurred_at=at,
                number=self.number,
                subject=self.subject,
                status=self.status,
                requester_id=self.requester_id,
                organization_id=self.organization_id,
            )
        )

    @property
    def new_messages(self) -> tuple[Message, ...]:
        """Those that are not stored yet."""
        return tuple(self._new_messages)

    def pull_new_messages(self) -> list[Message]:
        messages, self._new_messages = self._new_messages, []
        return messages

    def _append(
        self, author_id: UUID, visibility: Visibility, body: str, at: datetime, attachment_ids: Iterable[UUID]
    ) -> Message:
        attachments = tuple(dict.fromkeys(attachment_ids))
        if len(attachments) > MAX_ATTACHMENTS:
            raise TooManyAttachments(
                f"A message takes at most {MAX_ATTACHMENTS} attachments. Send the others in a second message.",
                pointer="/attachment_ids",
            )
        text = clean_text(body, pointer="/body", max_length=MAX_BODY_LENGTH, trim=False)
        message = Message(uuid7(), self.message_count + 1, author_id, visibility, text, at, attachments)
        self._new_messages.append(message)
        self.message_count += 1
        return message

    def _answered(self, at: datetime) -> None:
        if self.first_response_at is None:
            self.first_response_at = at
        if self.status is TicketStatus.NEW:
            self._move(TicketStatus.OPEN, at)

    def _move(self, to: TicketStatus, at: datetime) -> None:
        before, self.status = self.status, to
        if to is TicketStatus.SOLVED:
            self.solved_at = at
        elif not to.is_resolved:
            self.solved_at = None
        self.record(_status_event(before, to)(occurred_at=at, before=before, after=to))

    def _refuse_closed(self) -> None:
        if self.status is TicketStatus.CLOSED:
            raise TicketIsClosed


def _status_event(before: TicketStatus, after: TicketStatus) -> type[TicketStatusChanged]:
    if after is TicketStatus.SOLVED:
        return TicketSolved
    if after is TicketStatus.CLOSED:
        return TicketClosed
    return TicketReopened if before is TicketStatus.SOLVED else TicketStatusChanged


def _clean_subject(value: object) -> str:
    return clean_text(value, pointer="/subject", max_length=MAX_SUBJECT_LENGTH)


def _to_type(value: object) -> TicketType | None:
    return None if value is None else to_enum(TicketType, value, "/type")


_CLEANERS: dict[str, Callable[[object], object]] = {
    "subject": _clean_subject,
    "priority": lambda value: to_enum(TicketPriority, value, "/priority"),
    "type": _to_type,
    "tags": lambda value: normalise_tags(() if value is None else value),
    "group_id": lambda value: to_optional_uuid(value, "/group_id"),
    "assignee_id": lambda value: to_optional_uuid(value, "/assignee_id"),
    "organization_id": lambda value: to_optional_uuid(value, "/organization_id"),
    "requester_id": lambda value: to_uuid(value, "/requester_id"),
    "locale": normalise_optional_locale,
}
_ASSIGNMENT: tuple[str, ...] = ("assignee_id", "group_id")
CHANGEABLE = (*_CLEANERS, "custom_fields")
