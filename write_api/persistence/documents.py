from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.knowledge.document import Document
from domain.knowledge.errors import DocumentNotFound, SlugTaken
from domain.knowledge.slug import numbered_slug
from domain.knowledge.translation import Revision
from runtime.markdown import render
from write_api.persistence.document_rows import document_row, document_select, to_document, translation_rows
from write_api.persistence.failures import unknown_reference
from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment, insert_rows, update_versioned
from write_api.persistence.tables.knowledge import (
    document_groups,
    document_revisions,
    document_translations,
    documents,
)

_SELECT_BY_ID = document_select("documents.id = $1")
_SELECT_BY_EXTERNAL_ID = document_select("documents.external_id = $1")
_INSERT = insert_rows(documents)
_UPDATE = update_versioned(documents)
_INSERT_REVISIONS = insert_rows(document_revisions)
_SET_TRANSLATIONS = insert_rows(
    document_translations,
    on_conflict="(document_id, locale) DO UPDATE SET "
    + ", ".join(f"{c.name} = EXCLUDED.{c.name}" for c in document_translations.columns if not c.primary_key),
)
_SHOW_TO_GROUPS = insert_rows(document_groups, on_conflict="DO NOTHING")
_HIDE_FROM_OTHER_GROUPS = Fragment(
    "DELETE FROM document_groups WHERE document_id = $1 AND NOT group_id = ANY($2::uuid[])", parameter_count=2
)
_LOCK_SLUG = "SELECT pg_advisory_xact_lock(hashtextextended('slug ' || $1, 0))"
_TAKEN_SLUGS = "SELECT slug FROM documents WHERE slug = ANY($1::text[])"
# Leaving out what another process publishes right now is right: it needs no second try.
_LOCK_DUE = """
SELECT id FROM documents
WHERE id IN (SELECT document_id FROM document_translations WHERE publish_at <= $1 ORDER BY publish_at LIMIT $2)
FOR NO KEY UPDATE SKIP LOCKED
"""


class DocumentRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, document_id: UUID) -> Document:
        document = await self._find(_SELECT_BY_ID, document_id)
        if document is None:
            raise DocumentNotFound(document_id)
        return document

    async def find_by_external_id(self, external_id: str) -> Document | None:
        return await self._find(_SELECT_BY_EXTERNAL_ID, external_id)

    async def slug_taken(self, slug: str) -> bool:
        return slug in await self._taken([slug])

    async def free_slug(self, slug: str) -> str:
        """`slug`, or it with the first free number. Whoever asks for the same one waits until this unit commits."""
        await self._session.fetch_locked(_LOCK_SLUG, slug)
        first, count = 1, 8
        while True:
            candidates = [slug if n == 1 else numbered_slug(slug, n) for n in range(first, first + count)]
            taken = await self._taken(candidates)
            for candidate in candidates:
                if candidate not in taken:
                    return candidate
            first, count = first + count, count * 4

    async def due_ids(self, now: datetime, limit: int) -> list[UUID]:
        """Locked until the commit; those that another process holds are left out."""
        await self._session.begin()
        return [row["id"] for row in await self._session.fetch(_LOCK_DUE, now, limit)]

    async def add(self, document: Document) -> None:
        await self._add_revisions(document)
        self._refuse_in_its_words(document)
        self._session.added(document, _INSERT, document_row(document))
        self._show_to_groups(document)

    async def save(self, document: Document) -> None:
        if document.has_changes:
            self._refuse_in_its_words(document)
            await self._add_revisions(document)
            self._session.changed(document, _UPDATE, document_row(document))
            self._session.plan.execute(_HIDE_FROM_OTHER_GROUPS, document.id, sorted(document.group_ids))
            self._show_to_groups(document)

    def _show_to_groups(self, document: Document) -> None:
        rows = ({"document_id": document.id, "group_id": group_id} for group_id in sorted(document.group_ids))
        self._session.plan.insert(_SHOW_TO_GROUPS, *rows)

    def _refuse_in_its_words(self, document: Document) -> None:
        slug = document.slug
        self._session.refusals["uq_documents_slug"] = lambda: SlugTaken(slug)
        self._session.refusals["fk_document_groups_group_id"] = lambda: unknown_reference("group_ids")

    async def _find(self, sql: str, key: UUID | str) -> Document | None:
        rows = await self._session.fetch(sql, key)
        return to_document(rows) if rows else None

    async def _taken(self, slugs: list[str]) -> set[str]:
        rows = await self._session.fetch(_TAKEN_SLUGS, slugs)
        return {row["slug"] for row in rows}

    async def _add_revisions(self, document: Document) -> None:
        revisions = [await _rendered(document.id, revision) for revision in document.pull_new_revisions()]
        self._session.plan.insert(_INSERT_REVISIONS, *revisions)
        self._session.plan.insert(_SET_TRANSLATIONS, *translation_rows(document))


async def _rendered(document_id: UUID, revision: Revision) -> dict[str, Any]:
    # A long text takes half a second, in which others want to be served.
    rendered = await asyncio.to_thread(render, revision.body)
    return {
        "document_id": document_id,
        "locale": revision.locale,
        "number": revision.number,
        "title": revision.title,
        "body": revision.body,
        "html": rendered.html,
        "plain_text": rendered.plain_text,
        "renderer_version": rendered.renderer_version,
        "author_id": revision.author_id,
        "created_at": revision.created_at,
    }
