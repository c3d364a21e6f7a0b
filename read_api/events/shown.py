"""What of a change a caller is told, by the one rule of each resource that lists and searches have, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from read_api.context import Caller
from read_api.events.log import Entry
from read_api.knowledge.visibility import sees_document, sees_draft
from read_api.tickets.visibility import sees_event, sees_message, sees_presence, sees_ticket
from read_models.events import TICKET_DECIDING, Change
from runtime.presence import PresenceChange

TICKET_CHANGED, TICKET_DELETED, MESSAGE_ADDED = "ticket.changed", "ticket.deleted", "message.added"
DOCUMENT_CHANGED, DOCUMENT_DELETED = "document.changed", "document.deleted"
PRESENCE_CHANGED = "presence.changed"
NAMES = (TICKET_CHANGED, TICKET_DELETED, MESSAGE_ADDED, DOCUMENT_CHANGED, DOCUMENT_DELETED, PRESENCE_CHANGED)
PRESENCE = "presence"

Told = tuple[str, dict[str, Any]]
# Of what nobody knows whose it is: for those only who see everything.
_NOBODYS_TICKET = dict.fromkeys(TICKET_DECIDING)
_NOBODYS_DOCUMENT = {"visibility": None, "group_ids": (), "was_published": False}


@dataclass(frozen=True)
class Interest:
    """What a subscriber asked for."""

    resources: frozenset[str]
    ticket_id: str | None = None

    def covers(self, entry: Entry) -> bool:
        change = entry.change
        if self.ticket_id is not None:
            return change.resource == "ticket" and change.id == self.ticket_id and "ticket" in self.resources
        return change.resource in self.resources

    def covers_presence(self, change: PresenceChange, caller: Caller) -> bool:
        """Of all tickets it would be much, and nobody could use it."""
        if PRESENCE not in self.resources:
            return False
        return change.ticket_id == self.ticket_id if self.ticket_id is not None else caller.user_id in change.people


def told_presence(caller: Caller, change: PresenceChange, newest: Mapping[str, Any] | None) -> list[Told]:
    """`newest`: what decides who sees the ticket as far as the log knows, which may be behind the change, or ahead."""
    if not all(sees_presence(caller, deciding) for deciding in (change.deciding, newest or change.deciding)):
        return []
    return [(PRESENCE_CHANGED, {"ticket_id": change.ticket_id})]


def told(caller: Caller, change: Change, deciding: Mapping[str, Any] | None) -> list[Told]:
    of_resource = _of_ticket if change.resource == "ticket" else _of_document
    return list(of_resource(caller, change, deciding))


def _of_ticket(caller: Caller, change: Change, deciding: Mapping[str, Any] | None) -> Iterator[Told]:
    if not sees_ticket(caller, deciding or _NOBODYS_TICKET):
        return
    facts = {"id": change.id, "version": change.version}
    if change.state == "gone":
        yield TICKET_DELETED, facts
        return
    for message_id, visibility in change.messages:
        if sees_message(caller, {"visibility": visibility}):
            yield MESSAGE_ADDED, {"id": message_id, "ticket_id": change.id, "version": change.version}
    if sees_event(caller, {"audience": change.audience}):
        yield TICKET_CHANGED, facts


def _of_document(caller: Caller, change: Change, deciding: Mapping[str, Any] | None) -> Iterator[Told]:
    deciding = deciding or _NOBODYS_DOCUMENT
    facts = {"id": change.id, "version": change.version}
    if sees_draft(caller, deciding):
        yield (DOCUMENT_DELETED if change.state == "gone" else DOCUMENT_CHANGED), facts
    elif sees_document(caller, deciding) and sees_event(caller, {"audience": change.audience}):
        if change.state == "shown":
            yield DOCUMENT_CHANGED, facts
        elif deciding["was_published"]:
            yield DOCUMENT_DELETED, facts
