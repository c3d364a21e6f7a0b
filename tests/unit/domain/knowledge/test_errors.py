from __future__ import annotations

from domain.knowledge.errors import CategoryNotFound, DocumentNotFound, SelfApprovalForbidden, SlugTaken
from domain.shared.ids import uuid7


def test_what_is_missing_or_taken_is_named() -> None:
    some_id = uuid7()
    assert DocumentNotFound("fire-safety").details == {"document": "fire-safety"}
    assert CategoryNotFound(some_id, "/category_id").pointer == "/category_id"
    assert str(some_id) in CategoryNotFound(some_id).message
    assert SlugTaken("fire").pointer == "/slug"


def test_a_lone_author_learns_whom_to_ask() -> None:
    assert "admin" in SelfApprovalForbidden().message
