from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.knowledge.category import Category
from domain.knowledge.document import Document


class DocumentRepository(Protocol):
    async def get(self, document_id: UUID) -> Document:
        """With all translations. Raises DocumentNotFound."""
        ...

    async def find_by_external_id(self, external_id: str) -> Document | None: ...

    async def slug_taken(self, slug: str) -> bool: ...

    async def due_ids(self, now: datetime, limit: int) -> list[UUID]:
        """Documents with a translation that was to be published by now."""
        ...

    async def add(self, document: Document) -> None:
        """Raises SlugTaken."""
        ...

    async def save(self, document: Document) -> None:
        """Stores version + 1 with the new revisions. Without changes: nothing. Raises SlugTaken."""
        ...


class CategoryRepository(Protocol):
    async def get(self, category_id: UUID) -> Category:
        """Raises CategoryNotFound."""
        ...

    async def find_by_external_id(self, external_id: str) -> Category | None: ...

    async def ancestor_ids(self, category_id: UUID) -> list[UUID]:
        """The category itself first, then its parents up to the root."""
        ...

    async def levels_below(self, category_id: UUID) -> int: ...

    async def has_children(self, category_id: UUID) -> bool: ...

    async def has_documents(self, category_id: UUID) -> bool: ...

    async def add(self, category: Category) -> None: ...

    async def save(self, category: Category) -> None:
        """Stores version + 1; a deleted category's rows are removed. Without changes: nothing."""
        ...
