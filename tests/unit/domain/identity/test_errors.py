from __future__ import annotations

from domain.identity.errors import (
    EmailTaken,
    GroupNotFound,
    NameTaken,
    OrganizationNotFound,
    SessionNotFound,
    UserNotFound,
)
from domain.shared.ids import uuid7


def test_what_is_missing_is_named_and_pointed_at() -> None:
    some_id = uuid7()
    assert UserNotFound(some_id, "/assignee_id").pointer == "/assignee_id"
    assert GroupNotFound(some_id, "/group_id").details == {"group_id": str(some_id)}
    assert OrganizationNotFound(some_id).details == {"organization_id": str(some_id)}
    assert str(some_id) in SessionNotFound(some_id).message


def test_what_is_taken_is_named_and_pointed_at() -> None:
    assert (EmailTaken("a@b.c").pointer, NameTaken("group", "Billing").pointer) == ("/email", "/name")
    assert "a group named 'Billing'" in NameTaken("group", "Billing").message
