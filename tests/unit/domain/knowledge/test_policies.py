from __future__ import annotations

import pytest

from domain.knowledge import policies
from domain.knowledge.visibility import DocumentVisibility
from domain.shared.actor import Actor, Role
from domain.shared.ids import uuid7
from tests.unit.domain.builders import AGENT, actor, draft_document

GROUP, ELSEWHERE = uuid7(), uuid7()
ADMIN, COLLEAGUE, CUSTOMER = actor(Role.ADMIN, AGENT), actor(Role.AGENT, AGENT), actor(Role.CUSTOMER)
MEMBER = actor(Role.AGENT, group_ids=frozenset({GROUP, uuid7()}))
STRANGER = actor(Role.AGENT, group_ids=frozenset({ELSEWHERE}))


@pytest.mark.parametrize(
    ("who", "readable", "is_staff"),
    [
        (None, {"public"}, False),
        (CUSTOMER, {"public", "customers"}, False),
        (COLLEAGUE, {"public", "customers", "agents"}, True),
        (STRANGER, {"public", "customers", "agents"}, True),
        (MEMBER, {"public", "customers", "agents", "groups"}, True),
        (ADMIN, {"public", "customers", "agents", "groups"}, True),
    ],
)
def test_who_reads_and_writes_what(who: Actor | None, readable: set[str], is_staff: bool) -> None:
    for visibility in DocumentVisibility:
        group_ids = [GROUP] if visibility is DocumentVisibility.GROUPS else []
        document = draft_document(visibility=visibility, group_ids=group_ids)
        reads = visibility.value in readable
        assert policies.may_read_published(who, document) is reads
        assert policies.may_read_draft(who, document) is (reads and is_staff)
        assert policies.may_write_document(who, document) is (reads and is_staff)
    assert policies.may_write_documents(who) is is_staff
    assert policies.may_manage_categories(who) is is_staff


@pytest.mark.parametrize(
    ("who", "own", "others"),
    [(None, False, False), (CUSTOMER, False, False), (COLLEAGUE, False, True), (ADMIN, True, True)],
)
def test_four_eyes_but_for_admins(who: Actor | None, own: bool, others: bool) -> None:
    author_id = AGENT if who is None else who.user_id
    assert policies.may_review(who, author_id) is own
    assert policies.may_review(who, uuid7()) is others
