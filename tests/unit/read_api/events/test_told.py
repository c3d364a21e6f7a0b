"""What a caller is told is decided by the rules that lists and searches have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from read_api.context import Caller
from read_api.events.shown import told
from read_api.tickets.visibility import DECIDING
from read_models.events import INTERNAL, PUBLIC, TICKET_DECIDING, Change, change_text, parse_change
from tests.unit.read_api.events.changes import ADMIN, OTHER, REQUESTER, THEIRS, change

AGENT = Caller(user_id="agent", role="agent")
SCOPED = replace(AGENT, ticket_access="groups", group_ids=("group",))
FOR_CUSTOMERS = {"visibility": "customers", "group_ids": [], "was_published": True}


def names(caller: Caller, of: Change) -> list[str]:
    return [name for name, _ in told(caller, of, of.deciding)]


def document(state: Any, audience: str = PUBLIC, **deciding: Any) -> Change:
    return Change("document", "d", 1, state, audience, (), {**FOR_CUSTOMERS, **deciding})


def test_the_stream_says_what_visibility_asks_for() -> None:
    assert TICKET_DECIDING == DECIDING


def test_of_an_internal_note_only_staff_is_told() -> None:
    note = replace(change(1, THEIRS, audience=INTERNAL), messages=(("m", INTERNAL),))
    assert names(AGENT, note) == ["message.added", "ticket.changed"]
    assert names(REQUESTER, note) == []
    both = replace(note, audience=PUBLIC, messages=(("m", INTERNAL), ("n", PUBLIC)))
    assert [data.get("id") for _, data in told(REQUESTER, both, THEIRS)] == ["n", both.id]


@pytest.mark.parametrize(
    ("caller", "hears"), [(ADMIN, True), (AGENT, True), (SCOPED, False), (REQUESTER, False), (OTHER, False)]
)
def test_of_what_nobody_knows_whose_it_was_only_who_sees_all_is_told(caller: Caller, hears: bool) -> None:
    assert names(caller, replace(change(), state="gone")) == (["ticket.deleted"] if hears else [])


def test_a_deleted_ticket_is_still_of_its_group() -> None:
    fields = {
        b"change": change_text("ticket", "t", 3, "gone", PUBLIC, ()),
        b"deciding": orjson.dumps({"requester_id": "requester", "organization_id": None}),
        b"before": b"open,none,group",
    }
    gone = parse_change(fields)
    assert names(SCOPED, gone) == names(REQUESTER, gone) == ["ticket.deleted"]
    assert names(OTHER, gone) == names(replace(SCOPED, group_ids=()), gone) == []


def test_readers_are_told_of_what_they_read() -> None:
    assert names(REQUESTER, document("shown")) == ["document.changed"]
    assert names(REQUESTER, document("shown", visibility="agents")) == []
    assert names(REQUESTER, document("draft")) == ["document.deleted"]
    assert names(REQUESTER, document("draft", was_published=False)) == []
    assert names(REQUESTER, document("shown", INTERNAL)) == []
    assert names(AGENT, document("draft", INTERNAL, was_published=False)) == ["document.changed"]
    assert names(AGENT, document("draft", visibility="groups", group_ids=["elsewhere"])) == []
