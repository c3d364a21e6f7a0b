from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from domain.knowledge.category import Category
from domain.knowledge.errors import CategoryNotEmpty, CategoryNotFound
from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment, delete_versioned, insert_rows, update_versioned
from write_api.persistence.tables.knowledge import categories, category_names

# Not locked: whoever waits for a row's lock gets the new row, but its names as they were before. If somebody else
# saves meanwhile, the version tells.
_SELECT = (
    f"SELECT {', '.join(column.name for column in categories.columns)},"
    " (SELECT coalesce(jsonb_object_agg(locale, name), '{}') FROM category_names WHERE category_id = categories.id)"
    " AS names FROM categories"
)
_SELECT_BY_ID = f"{_SELECT} WHERE id = $1"
_SELECT_BY_EXTERNAL_ID = f"{_SELECT} WHERE external_id = $1"
_INSERT = insert_rows(categories)
_UPDATE = update_versioned(categories)
_DELETE = delete_versioned(categories)
_SET_NAMES = insert_rows(category_names, on_conflict="(category_id, locale) DO UPDATE SET name = EXCLUDED.name")
_REMOVE_OTHER_NAMES = Fragment(
    "DELETE FROM category_names WHERE category_id = $1 AND NOT locale = ANY($2::text[])", parameter_count=2
)
_LOCK_TREE = "SELECT pg_advisory_xact_lock(hashtextextended('categories', 0))"
_ANCESTORS = """
WITH RECURSIVE line AS (
    SELECT id, parent_id, 1 AS distance FROM categories WHERE id = $1
    UNION ALL
    SELECT parent.id, parent.parent_id, distance + 1 FROM line JOIN categories AS parent ON parent.id = line.parent_id
)
SELECT id FROM line ORDER BY distance
"""
_LEVELS_BELOW = """
WITH RECURSIVE subtree AS (
    SELECT id, 0 AS depth FROM categories WHERE id = $1
    UNION ALL
    SELECT child.id, depth + 1 FROM subtree JOIN categories AS child ON child.parent_id = subtree.id
)
SELECT coalesce(max(depth), 0) AS levels FROM subtree
"""
_HAS_CHILDREN = "SELECT EXISTS (SELECT FROM categories WHERE parent_id = $1) AS found"
_HAS_DOCUMENTS = "SELECT EXISTS (SELECT FROM documents WHERE category_id = $1) AS found"


class CategoryRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, category_id: UUID) -> Category:
        row = await self._session.fetch_row(_SELECT_BY_ID, category_id)
        if row is None:
            raise CategoryNotFound(category_id)
        return Category(**row)

    async def find_by_external_id(self, external_id: str) -> Category | None:
        row = await self._session.fetch_row(_SELECT_BY_EXTERNAL_ID, external_id)
        return None if row is None else Category(**row)

    async def lock_tree(self) -> None:
        """Until the commit nobody else moves a category: two moves at once could close a circle."""
        await self._session.fetch_locked(_LOCK_TREE)

    async def ancestor_ids(self, category_id: UUID) -> list[UUID]:
        return [row["id"] for row in await self._session.fetch(_ANCESTORS, category_id)]

    async def levels_below(self, category_id: UUID) -> int:
        row = await self._session.fetch_row(_LEVELS_BELOW, category_id)
        assert row is not None
        levels: int = row["levels"]
        return levels

    async def has_children(self, category_id: UUID) -> bool:
        return await self._exists(_HAS_CHILDREN, category_id)

    async def has_documents(self, category_id: UUID) -> bool:
        return await self._exists(_HAS_DOCUMENTS, category_id)

    async def add(self, category: Category) -> None:
        self._session.added(category, _INSERT, _to_row(category))
        self._set_names(category)

    async def save(self, category: Category) -> None:
        if category.deleted:
            for constraint in ("fk_categories_parent_id", "fk_documents_category_id"):
                self._session.refusals[constraint] = CategoryNotEmpty
            self._session.removed(category, _DELETE)
        elif category.has_changes:
            self._session.changed(category, _UPDATE, _to_row(category))
            self._session.plan.execute(_REMOVE_OTHER_NAMES, category.id, sorted(category.names))
            self._set_names(category)

    async def _exists(self, sql: str, category_id: UUID) -> bool:
        row: asyncpg.Record | None = await self._session.fetch_row(sql, category_id)
        return row is not None and bool(row["found"])

    def _set_names(self, category: Category) -> None:
        rows = ({"category_id": category.id, "locale": key, "name": name} for key, name in category.names.items())
        self._session.plan.insert(_SET_NAMES, *rows)


def _to_row(category: Category) -> dict[str, Any]:
    return {
        "id": category.id,
        "parent_id": category.parent_id,
        "position": category.position,
        "external_id": category.external_id,
        "version": category.version + 1,
        "created_at": category.created_at,
        "updated_at": category.updated_at,
    }
