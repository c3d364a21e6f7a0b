from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest

from domain.identity.user import User
from domain.knowledge.category import Category
from domain.knowledge.document import Document
from domain.knowledge.errors import CategoryNotFound, DocumentNotFound, SlugTaken
from domain.shared.ids import uuid7
from tests.contract.conftest import NOW
from tests.contract.units import Units
from tests.support.words import word

LATER = NOW + timedelta(hours=1)


def a_document(author: User, **changes: object) -> Document:
    values: dict[str, object] = {"title": f"Reset {word()}", "body": "# Off\n\nOn.", "locale": "en"}
    return Document.create(**{**values, "author_id": author.id, "at": NOW, **changes})  # type: ignore[arg-type]


async def stored(units: Units, document: Document) -> Document:
    async with units() as unit:
        await unit.documents.add(document)
        await unit.commit()
    return document


async def test_a_document_comes_back_with_all_its_translations(units: Units, person: User) -> None:
    document = a_document(person, tags=["reset"], visibility="customers", external_id=word())
    document.edit_draft("de", title="Neu starten", body="Aus. An.", author_id=person.id, at=NOW)
    document.import_published("en", title="Reset it now", body="Off. On.", author_id=person.id, at=LATER)
    document.edit_draft("en", body="Off. Wait. On.", author_id=person.id, at=LATER)
    await stored(units, document)
    async with units() as unit:
        again = await unit.documents.get(document.id)
    assert asdict(again) == asdict(document)
    assert again.translation("en").published is not None
    assert again.version == 1


async def test_each_saved_step_has_the_next_version(units: Units, person: User) -> None:
    document = await stored(units, a_document(person))
    for step in ("submit", "approve", "publish", "unpublish", "archive", "restore"):
        async with units() as unit:
            loaded = await unit.documents.get(document.id)
            getattr(loaded, step)(at=LATER)
            await unit.documents.save(loaded)
            await unit.commit()
    async with units() as unit:
        again = await unit.documents.get(document.id)
    assert again.version == 7
    assert again.translation().status.value == "draft"


async def test_an_unknown_document_is_not_found(units: Units) -> None:
    async with units() as unit:
        with pytest.raises(DocumentNotFound):
            await unit.documents.get(uuid7())
        assert await unit.documents.find_by_external_id(word()) is None


async def test_a_slug_belongs_to_one_document(units: Units, person: User) -> None:
    slug, external_id = word(), word()
    document = await stored(units, a_document(person, slug=slug, external_id=external_id))
    with pytest.raises(SlugTaken):
        async with units() as unit:
            assert await unit.documents.slug_taken(slug)
            assert not await unit.documents.slug_taken(word())
            found = await unit.documents.find_by_external_id(external_id)
            assert found is not None and found.id == document.id
            await unit.documents.add(a_document(person, slug=slug))
            await unit.commit()
    other = await stored(units, a_document(person))
    with pytest.raises(SlugTaken):
        async with units() as unit:
            other = await unit.documents.get(other.id)
            other.change_metadata({"slug": slug}, at=LATER)
            await unit.documents.save(other)
            await unit.commit()


async def test_due_documents_are_those_planned_for_now_or_before(units: Units, person: User) -> None:
    moment = NOW - timedelta(days=3650)
    soon, later = a_document(person), a_document(person)
    for document, publish_at in ((soon, moment + timedelta(hours=1)), (later, moment + timedelta(hours=3))):
        document.submit(at=moment)
        document.approve(at=moment)
        document.publish(at=moment, publish_at=publish_at)
        await stored(units, document)
    async with units() as unit:
        assert await unit.documents.due_ids(moment, 10) == []
        assert await unit.documents.due_ids(moment + timedelta(hours=1), 10) == [soon.id]
        assert await unit.documents.due_ids(moment + timedelta(hours=3), 10) == [soon.id, later.id]
        assert await unit.documents.due_ids(moment + timedelta(hours=3), 1) == [soon.id]
        for document in (soon, later):
            due = await unit.documents.get(document.id)
            assert due.publish_due(moment + timedelta(hours=3)) == ["en"]
            await unit.documents.save(due)
        await unit.commit()
    async with units() as unit:
        assert await unit.documents.due_ids(moment + timedelta(hours=3), 10) == []


async def test_categories_know_their_place_in_the_tree(units: Units, person: User) -> None:
    root = Category.create(names={"en": "Devices", "de": "Geräte"}, position=3, external_id=word(), at=NOW)
    child = Category.create(names={"en": "Printers"}, parent_id=root.id, ancestor_ids=[root.id], at=NOW)
    leaf = Category.create(names={"en": "Ink"}, parent_id=child.id, ancestor_ids=[child.id, root.id], at=NOW)
    for category in (root, child, leaf):
        async with units() as unit:
            await unit.categories.add(category)
            await unit.commit()
    await stored(units, a_document(person, category_id=leaf.id))
    async with units() as unit:
        categories = unit.categories
        assert asdict(await categories.get(root.id)) == asdict(root)
        by_external_id = await categories.find_by_external_id(root.external_id or "")
        assert by_external_id is not None and by_external_id.id == root.id
        assert await categories.find_by_external_id(word()) is None
        assert await categories.ancestor_ids(leaf.id) == [leaf.id, child.id, root.id]
        assert [await categories.levels_below(one.id) for one in (root, child, leaf)] == [2, 1, 0]
        assert [await categories.has_children(one.id) for one in (root, child, leaf)] == [True, True, False]
        assert [await categories.has_documents(one.id) for one in (root, child, leaf)] == [False, False, True]
        assert await categories.ancestor_ids(uuid7()) == []


async def test_a_category_changes_and_goes(units: Units) -> None:
    category = Category.create(names={"en": "Old", "de": "Alt"}, at=NOW)
    async with units() as unit:
        await unit.categories.add(category)
        await unit.commit()
    async with units() as unit:
        changed = await unit.categories.get(category.id)
        changed.change({"names": {"en": "New", "de": None}, "position": 9}, at=LATER)
        await unit.categories.save(changed)
        await unit.commit()
    async with units() as unit:
        again = await unit.categories.get(category.id)
        assert (again.names, again.position, again.version) == ({"en": "New"}, 9, 2)
        again.delete(has_children=False, has_documents=False, at=LATER)
        await unit.categories.save(again)
        await unit.commit()
    async with units() as unit:
        with pytest.raises(CategoryNotFound):
            await unit.categories.get(category.id)
