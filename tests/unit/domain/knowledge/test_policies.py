from __future__ import annotations

import pytest

from domain.knowledge import policies
from domain.knowledge.document import DocumentVisibility
from domain.shared.actor import Actor, Role
from domain.shared.ids import uuid7
from tests.unit.domain.builders import AGENT, actor

ADMIN, COLLEAGUE, CUSTOMER = actor(Role.ADMIN, AGENT), actor(Role.AGENT, AGENT), actor(Role.CUSTOMER)


@pytest.mark.parametrize(
    ("who", "readable", "writes"),
    [
        (None, {"public"}, False),
        (CUSTOMER, {"public", "customers"}, False),
        (COLLEAGUE, {"public", "customers", "agents"}, True),
        (ADMIN, {"public", "customers", "agents"}, True),
    ],
)
def test_who_reads_and_writes_what(who: Actor | None, readable: set[str], writes: bool) -> None:
    assert {visibility.value for visibility in policies.readable_visibilities(who)} == readable
    for visibility in DocumentVisibility:
        assert policies.may_read_published(who, visibility) is (visibility.value in readable)
    assert policies.may_read_drafts(who) is writes
    assert policies.may_write_documents(who) is writes
    assert policies.may_manage_categories(who) is writes


@pytest.mark.parametrize(
    ("who", "own", "others"),
    [(None, False, False), (CUSTOMER, False, False), (COLLEAGUE, False, True), (ADMIN, True, True)],
)
def test_four_eyes_but_for_admins(who: Actor | None, own: bool, others: bool) -> None:
    author_id = AGENT if who is None else who.user_id
    assert policies.may_review(who, author_id) is own
    assert policies.may_review(who, uuid7()) is others
