"""What of tickets, their messages and their history a caller may see. Every path to them goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import Caller
from read_api.search.text import TextFields
from runtime.search.fields import MATCH_NONE, Clause, any_of

# What a ticket's document must have for the question who sees it.
DECIDING = ("requester_id", "assignee_id", "group_id", "organization_id")
_SUBJECT = {"subject": 3.0, "public_all": 1.0}
_STEMMED = {"subject_stemmed": 2.0, "public_text": 1.0}


def tickets_seen_by(caller: Caller) -> list[Clause]:
    if caller.sees_every_ticket:
        return []
    if caller.user_id is None:
        return [MATCH_NONE]
    own: list[Clause] = [{"term": {"requester_id": caller.user_id}}]
    if caller.is_staff:
        own.append({"term": {"assignee_id": caller.user_id}})
        if caller.group_ids:
            own.append({"terms": {"group_id": list(caller.group_ids)}})
    elif caller.organization_id and caller.organization_shares:
        own.append({"term": {"organization_id": caller.organization_id}})
    return [any_of(own)]


def sees_ticket(caller: Caller, ticket: Mapping[str, Any]) -> bool:
    """The same rule as the filter, for one ticket that was read by its id."""
    if caller.sees_every_ticket:
        return True
    if caller.user_id is None:
        return False
    if ticket["requester_id"] == caller.user_id:
        return True
    if caller.is_staff:
        return ticket["assignee_id"] == caller.user_id or ticket["group_id"] in caller.group_ids
    shared = caller.organization_id is not None and caller.organization_shares
    return shared and ticket["organization_id"] == caller.organization_id


def messages_seen_by(caller: Caller) -> list[Clause]:
    """Within tickets that the caller sees."""
    return [] if caller.is_staff else [{"term": {"visibility": "public"}}]


def sees_message(caller: Caller, message: Mapping[str, Any]) -> bool:
    return caller.is_staff or message["visibility"] == "public"


def history_seen_by(caller: Caller) -> list[Clause]:
    """Within tickets that the caller sees."""
    return [] if caller.is_staff else [{"term": {"audience": "public"}}]


def sees_event(caller: Caller, event: Mapping[str, Any]) -> bool:
    return caller.is_staff or event["audience"] == "public"


def sees_presence(caller: Caller, ticket: Mapping[str, Any]) -> bool:
    """Who is on the ticket at this moment."""
    return caller.is_staff and sees_ticket(caller, ticket)


def text_seen_by(caller: Caller) -> TextFields:
    """Fields a query may name: internal notes have their own, which a customer's query never mentions."""
    if caller.is_staff:
        return TextFields({**_SUBJECT, "internal_all": 1.0}, {**_STEMMED, "internal_text": 1.0})
    return TextFields(_SUBJECT, _STEMMED)
