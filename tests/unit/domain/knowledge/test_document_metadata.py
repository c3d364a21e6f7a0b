from __future__ import annotations

import pytest

from domain.knowledge.visibility import DocumentVisibility
from domain.shared.errors import DomainError
from domain.shared.ids import uuid7
from tests.unit.domain.builders import AGENT, NOW, later, published_document


def test_metadata_changes_in_one_event() -> None:
    document, category_id = published_document(), uuid7()
    document.edit_draft("de", title="Drucker", body="Text", author_id=AGENT, at=NOW)
    document.pull_events()
    changes = {
        "slug": "fire",
        "category_id": str(category_id),
        "visibility": "customers",
        "tags": ["B"],
        "default_locale": "de",
    }
    document.change_metadata(changes, at=later())
    assert (document.slug, document.category_id, document.tags) == ("fire", category_id, ("b",))
    assert (document.visibility, document.default_locale) == (DocumentVisibility.CUSTOMERS, "de")
    (event,) = document.pull_events()
    assert event.event_type() == "DocumentMetadataChanged"
    assert event.data()["changes"] == {
        "slug": {"before": "putting-out-printers", "after": "fire"},
        "category_id": {"before": None, "after": str(category_id)},
        "visibility": {"before": "public", "after": "customers"},
        "tags": {"before": [], "after": ["b"]},
        "default_locale": {"before": "en", "after": "de"},
    }
    document.change_metadata(changes, at=later(2))
    assert not document.has_changes
    document.change_metadata({"category_id": None, "tags": None}, at=later(3))
    assert (document.category_id, document.tags) == (None, ())


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"slug": None}, "/slug"),
        ({"visibility": "x"}, "/visibility"),
        ({"category_id": "x"}, "/category_id"),
        ({"tags": "x"}, "/tags"),
        ({"default_locale": None}, "/default_locale"),
        ({"default_locale": "fr"}, "/locale"),
        ({"title": "x"}, "/title"),
        ({"slug": "fine", "visibility": "x"}, "/visibility"),
        ({"visibility": "groups"}, "/group_ids"),
        ({"visibility": "groups", "group_ids": []}, "/group_ids"),
        ({"group_ids": [str(uuid7())]}, "/group_ids"),
    ],
)
def test_a_refused_change_changes_nothing(changes: dict[str, object], pointer: str) -> None:
    document = published_document()
    with pytest.raises(DomainError) as refusal:
        document.change_metadata(changes, at=later())
    assert refusal.value.pointer == pointer
    assert (document.slug, document.has_changes) == ("putting-out-printers", False)


def test_a_document_for_groups_names_them_and_lets_go_of_them_with_the_visibility() -> None:
    document, one, other = published_document(), uuid7(), uuid7()
    document.change_metadata({"visibility": "groups", "group_ids": [str(one), str(other)]}, at=later())
    assert (document.visibility, document.group_ids) == (DocumentVisibility.GROUPS, frozenset({one, other}))
    (event,) = document.pull_events()
    changes = event.data()["changes"]
    assert isinstance(changes, dict)
    assert changes["group_ids"] == {"before": [], "after": sorted([str(one), str(other)])}
    document.change_metadata({"group_ids": [one]}, at=later(2))
    assert document.group_ids == {one}
    document.change_metadata({"tags": ["x"]}, at=later(3))
    assert document.group_ids == {one}
    document.change_metadata({"visibility": "agents"}, at=later(4))
    assert (document.visibility, document.group_ids) == (DocumentVisibility.AGENTS, frozenset())
