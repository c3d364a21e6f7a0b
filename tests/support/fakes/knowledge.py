from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.knowledge.category import Category
from domain.knowledge.document import Document
from domain.knowledge.errors import CategoryNotFound, DocumentNotFound, SlugTaken
from tests.support.fakes.memory import MemoryUnit, State


class MemoryDocumentRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, document_id: UUID) -> Document:
        document = self._unit.find(Document, lambda one: one.id == document_id)
        if document is None:
            raise DocumentNotFound(document_id)
        return document

    async def find_by_external_id(self, external_id: str) -> Document | None:
        return self._unit.find(Document, lambda one: one.external_id == external_id)

    async def slug_taken(self, slug: str) -> bool:
        return self._unit.find(Document, lambda one: one.slug == slug) is not None

    async def due_ids(self, now: datetime, limit: int) -> list[UUID]:
        due = [
            (translation.publish_at, document.id)
            for document in self._unit.all(Document)
            for translation in document.translations.values()
            if translation.publish_at is not None and translation.publish_at <= now
        ]
        return list(dict.fromkeys(document_id for _, document_id in sorted(due)))[:limit]

    async def add(self, document: Document) -> None:
        self._store(document)

    async def save(self, document: Document) -> None:
        if document.has_changes:
            self._store(document)

    def _store(self, document: Document) -> None:
        revisions = [(document.id, revision) for revision in document.pull_new_revisions()]
        document_id, slug = document.id, document.slug

        def check_slug(state: State) -> None:
            others = (one for one in state.aggregates.values() if isinstance(one, Document) and one.id != document_id)
            if any(one.slug == slug for one in others):
                raise SlugTaken(slug)

        self._unit.later(check_slug)
        self._unit.store_aggregate(document)
        self._unit.later(lambda state: state.revisions.extend(revisions))


class MemoryCategoryRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, category_id: UUID) -> Category:
        category = self._unit.find(Category, lambda one: one.id == category_id)
        if category is None:
            raise CategoryNotFound(category_id)
        return category

    async def find_by_external_id(self, external_id: str) -> Category | None:
        return self._unit.find(Category, lambda one: one.external_id == external_id)

    async def lock_tree(self) -> None:
        """Nothing else runs between two awaits that do not wait."""

    async def ancestor_ids(self, category_id: UUID) -> list[UUID]:
        parents = {one.id: one.parent_id for one in self._unit.all(Category)}
        line: list[UUID] = []
        step: UUID | None = category_id
        while step is not None and step in parents:
            line.append(step)
            step = parents[step]
        return line

    async def levels_below(self, category_id: UUID) -> int:
        children = [one.id for one in self._unit.all(Category) if one.parent_id == category_id]
        levels = [1 + await self.levels_below(child) for child in children]
        return max(levels, default=0)

    async def has_children(self, category_id: UUID) -> bool:
        return any(one.parent_id == category_id for one in self._unit.all(Category))

    async def has_documents(self, category_id: UUID) -> bool:
        return any(one.category_id == category_id for one in self._unit.all(Document))

    async def add(self, category: Category) -> None:
        self._unit.store_aggregate(category)

    async def save(self, category: Category) -> None:
        if category.has_changes:
            self._unit.store_aggregate(category)
