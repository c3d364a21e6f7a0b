from __future__ import annotations

import pytest

from domain.knowledge.category import MAX_DEPTH, Category
from domain.knowledge.errors import CategoryCycle, CategoryNotEmpty, CategoryTooDeep
from domain.shared.errors import DomainError
from domain.shared.ids import uuid7
from tests.unit.domain.builders import NOW, later, pulled


def category(**changes: object) -> Category:
    values: dict[str, object] = {"names": {"en": "Printers"}, "at": NOW}
    return Category.create(**(values | changes))  # type: ignore[arg-type]


def test_a_category_has_a_name_per_locale() -> None:
    parent_id = uuid7()
    it = category(
        names={"EN": " Printers ", "de": "Drucker"},
        parent_id=parent_id,
        ancestor_ids=[parent_id],
        position=3,
        external_id="a/b",
    )
    assert it.names == {"en": "Printers", "de": "Drucker"}
    assert (it.parent_id, it.position, it.external_id) == (parent_id, 3, "a/b")
    (event,) = it.pull_events()
    assert event.data() == {"names": {"en": "Printers", "de": "Drucker"}, "parent_id": str(parent_id)}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"names": {}}, "/names"),
        ({"names": ["Printers"]}, "/names"),
        ({"names": {"en": None}}, "/names"),
        ({"names": {"english": "x"}}, "/names/english"),
        ({"names": {"en": ""}}, "/names/en"),
        ({"names": {"en": "x" * 201}}, "/names/en"),
        ({"position": -1}, "/position"),
        ({"position": True}, "/position"),
        ({"external_id": ""}, "/external_id"),
    ],
)
def test_bad_input_points_at_the_culprit(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(DomainError) as refusal:
        category(**changes)
    assert refusal.value.pointer == pointer


def test_names_are_merged_and_position_changes() -> None:
    it = category(names={"en": "Printers", "fr": "Imprimantes"})
    it.pull_events()
    it.change({"names": {"de": "Drucker", "fr": None}, "position": 2}, at=later())
    assert (it.names, it.position) == ({"en": "Printers", "de": "Drucker"}, 2)
    assert pulled(it) == ["CategoryChanged"]
    it.change({"names": {"de": "Drucker"}, "position": 2}, at=later(2))
    assert not it.has_changes


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"names": {"en": None}}, "/names"), ({"parent_id": "x"}, "/parent_id"), ({"slug": "x"}, "/slug")],
)
def test_a_refused_change_changes_nothing(changes: dict[str, object], pointer: str) -> None:
    it = category()
    it.pull_events()
    with pytest.raises(DomainError) as refusal:
        it.change(changes, at=later())
    assert refusal.value.pointer == pointer
    assert (it.names, it.has_changes) == ({"en": "Printers"}, False)


def test_a_category_moves_and_comes_back_to_the_root() -> None:
    it, parent_id = category(), uuid7()
    it.change({"parent_id": parent_id}, ancestor_ids=[parent_id], at=later())
    assert it.parent_id == parent_id
    it.change({"parent_id": None}, at=later())
    assert it.parent_id is None


def test_no_category_is_below_itself() -> None:
    it, child_id = category(), uuid7()
    with pytest.raises(CategoryCycle):
        it.change({"parent_id": it.id}, ancestor_ids=[it.id], at=later())
    with pytest.raises(CategoryCycle):
        it.change({"parent_id": child_id}, ancestor_ids=[child_id, it.id], at=later())
    assert it.parent_id is None


def test_the_tree_has_a_bottom() -> None:
    ancestors = [uuid7() for _ in range(MAX_DEPTH)]
    category(parent_id=ancestors[1], ancestor_ids=ancestors[1:])
    with pytest.raises(CategoryTooDeep) as refusal:
        category(parent_id=ancestors[0], ancestor_ids=ancestors)
    assert refusal.value.details == {"depth": 9, "max_depth": 8}


def test_a_moved_subtree_counts_as_a_whole() -> None:
    it, ancestors = category(), [uuid7() for _ in range(5)]
    it.change({"parent_id": ancestors[0]}, ancestor_ids=ancestors, levels_below=2, at=later())
    with pytest.raises(CategoryTooDeep):
        it.change({"parent_id": ancestors[0]}, ancestor_ids=ancestors, levels_below=3, at=later())


@pytest.mark.parametrize(("children", "documents"), [(True, False), (False, True), (True, True)])
def test_only_an_empty_category_is_deleted(children: bool, documents: bool) -> None:
    it = category()
    with pytest.raises(CategoryNotEmpty):
        it.delete(has_children=children, has_documents=documents, at=later())
    assert not it.deleted


def test_an_empty_category_is_deleted() -> None:
    it = category()
    it.pull_events()
    it.delete(has_children=False, has_documents=False, at=later())
    assert it.deleted
    (event,) = it.pull_events()
    assert (event.event_type(), event.data()) == ("CategoryDeleted", {"names": {"en": "Printers"}})
