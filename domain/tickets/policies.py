from __future__ import annotations

from typing import Protocol
from uuid import UUID

from domain.shared.actor import Actor, Role
from domain.tickets.messages import Visibility
from domain.tickets.status import TRANSITIONS, TicketStatus
from domain.tickets.view import Sharing

# What a customer may say when opening a ticket; the rest is for agents.
CUSTOMER_OPENING_FIELDS = frozenset(
    {"subject", "body", "priority", "type", "custom_fields", "locale", "attachment_ids"}
)


class TicketFacts(Protocol):
    @property
    def requester_id(self) -> UUID: ...

    @property
    def assignee_id(self) -> UUID | None: ...

    @property
    def group_id(self) -> UUID | None: ...

    @property
    def organization_id(self) -> UUID | None: ...

    @property
    def status(self) -> TicketStatus: ...


class ViewFacts(Protocol):
    @property
    def owner_id(self) -> UUID: ...

    @property
    def shared_with(self) -> Sharing: ...

    @property
    def group_id(self) -> UUID | None: ...


class AttachmentFacts(Protocol):
    @property
    def owner_id(self) -> UUID: ...


def may_open_ticket(actor: Actor, requester_id: UUID) -> bool:
    return actor.is_staff or requester_id == actor.user_id


def may_set_when_opening(actor: Actor, field: str) -> bool:
    return actor.is_staff or field in CUSTOMER_OPENING_FIELDS


def may_read_ticket(actor: Actor, ticket: TicketFacts) -> bool:
    if actor.sees_every_ticket or ticket.requester_id == actor.user_id:
        return True
    if actor.is_staff:
        return ticket.assignee_id == actor.user_id or ticket.group_id in actor.group_ids
    return (
        actor.organization_shares_tickets
        and actor.organization_id is not None
        and actor.organization_id == ticket.organization_id
    )


def may_read_message(actor: Actor, ticket: TicketFacts, visibility: Visibility) -> bool:
    return may_read_ticket(actor, ticket) and (actor.is_staff or visibility is Visibility.PUBLIC)


def may_write_ticket(actor: Actor, ticket: TicketFacts) -> bool:
    """Change its fields."""
    return actor.is_staff and may_read_ticket(actor, ticket)


def may_reply(actor: Actor, ticket: TicketFacts) -> bool:
    """Customers answer in their own tickets; those of their organization they only read."""
    return may_write_ticket(actor, ticket) or ticket.requester_id == actor.user_id


def may_add_internal_note(actor: Actor, ticket: TicketFacts) -> bool:
    return may_write_ticket(actor, ticket)


def may_show_presence(actor: Actor, ticket: TicketFacts) -> bool:
    """Say that one is on it. Customers neither do nor learn who reads their words when."""
    return may_write_ticket(actor, ticket)


def may_attach(actor: Actor, attachment: AttachmentFacts) -> bool:
    """Nobody but who uploaded it, not even staff: an id that leaked brings a file nowhere."""
    return attachment.owner_id == actor.user_id


def may_delete_ticket(actor: Actor) -> bool:
    return actor.is_admin


def may_manage_ticket_fields(actor: Actor) -> bool:
    return actor.is_admin


def may_keep_views(actor: Actor) -> bool:
    return actor.is_staff


def may_see_view(actor: Actor, view: ViewFacts) -> bool:
    """What only its owner has is nobody else's to see but an admin's, who may change it."""
    if actor.is_admin or view.owner_id == actor.user_id or view.shared_with is Sharing.EVERYBODY:
        return actor.is_staff
    return actor.is_staff and view.group_id is not None and view.group_id in actor.group_ids


def may_change_view(actor: Actor, view: ViewFacts) -> bool:
    return actor.is_staff and (actor.is_admin or view.owner_id == actor.user_id)


def may_share_view(actor: Actor, sharing: Sharing, group_id: UUID | None) -> bool:
    """An admin with whomever, agents with groups of theirs."""
    return actor.is_admin or sharing is Sharing.ME or (sharing is Sharing.GROUP and group_id in actor.group_ids)


def allowed_statuses(actor: Actor, ticket: TicketFacts) -> tuple[TicketStatus, ...]:
    """The steps this person may take now: of the table's, a customer gets "solved", and "open" to reopen."""
    steps = TRANSITIONS[ticket.status]
    if may_write_ticket(actor, ticket):
        return steps
    if ticket.requester_id != actor.user_id:
        return ()
    wanted = TicketStatus.OPEN if ticket.status is TicketStatus.SOLVED else TicketStatus.SOLVED
    return tuple(step for step in steps if step is wanted)


def may_change_status(actor: Actor, ticket: TicketFacts, to: TicketStatus) -> bool:
    """To repeat the present status is harmless; a step that nobody may take is left to the ticket to refuse."""
    if may_write_ticket(actor, ticket):
        return True
    return to in allowed_statuses(actor, ticket) or (to is ticket.status and ticket.requester_id == actor.user_id)


def may_be_assigned(role: Role, active: bool) -> bool:
    return active and role.is_staff
