"""A document and its translations as rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from domain.knowledge.document import Document
from domain.knowledge.translation import DraftState, Revision, Translation
from domain.knowledge.visibility import DocumentVisibility
from write_api.persistence.tables.knowledge import documents

_DOCUMENT_COLUMNS = tuple(column.name for column in documents.columns)
_REVISION_COLUMNS = ("number", "title", "body", "author_id", "created_at")
_TRANSLATION_COLUMNS = (
    "locale",
    "draft_state",
    "comment",
    "published_at",
    "publish_at",
    "archived",
    "updated_at",
)


def document_select(condition: str) -> str:
    """One row per translation, each with the document's columns, all of one snapshot.

    Not locked: whoever waits for a row's lock gets the new row, but what is joined to it as it was before. If somebody
    else saves meanwhile, the version tells.
    """
    listed = [f"documents.{name}" for name in _DOCUMENT_COLUMNS]
    listed += [f"document_translations.{name} AS translation_{name}" for name in _TRANSLATION_COLUMNS]
    for alias in ("draft", "published"):
        listed += [f"{alias}.{name} AS {alias}_{name}" for name in _REVISION_COLUMNS]
    return f"""
SELECT {', '.join(listed)},
    ARRAY(SELECT group_id FROM document_groups WHERE document_id = documents.id) AS group_ids
FROM documents
JOIN document_translations ON document_translations.document_id = documents.id
JOIN document_revisions AS draft ON (draft.document_id, draft.locale, draft.number)
    = (documents.id, document_translations.locale, document_translations.draft_number)
LEFT JOIN document_revisions AS published ON (published.document_id, published.locale, published.number)
    = (documents.id, document_translations.locale, document_translations.published_number)
WHERE {condition}
"""


def to_document(rows: Sequence[asyncpg.Record]) -> Document:
    columns = {name: rows[0][name] for name in _DOCUMENT_COLUMNS}
    translations = [_to_translation(row) for row in rows]
    return Document(
        **{
            **columns,
            "visibility": DocumentVisibility(columns["visibility"]),
            "group_ids": frozenset(rows[0]["group_ids"]),
            "tags": tuple(columns["tags"]),
            "translations": {translation.locale: translation for translation in translations},
        }
    )


def _to_translation(row: asyncpg.Record) -> Translation:
    values: dict[str, Any] = {name: row[f"translation_{name}"] for name in _TRANSLATION_COLUMNS}
    values["draft_state"] = DraftState(values["draft_state"])
    draft = _to_revision(row, "draft")
    number = row["published_number"]
    published = draft if number == draft.number else None if number is None else _to_revision(row, "published")
    return Translation(**values, draft=draft, published=published)


def _to_revision(row: asyncpg.Record, alias: str) -> Revision:
    return Revision(row["translation_locale"], *(row[f"{alias}_{name}"] for name in _REVISION_COLUMNS))


def document_row(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "slug": document.slug,
        "category_id": document.category_id,
        "visibility": document.visibility,
        "default_locale": document.default_locale,
        "tags": document.tags,
        "external_id": document.external_id,
        "version": document.version + 1,
        "created_at": document.created_at,
        "updated_at": document.updated_at,
    }


def translation_rows(document: Document) -> list[dict[str, Any]]:
    return [
        {
            "document_id": document.id,
            "locale": translation.locale,
            "draft_number": translation.draft.number,
            "draft_state": translation.draft_state,
            "comment": translation.comment,
            "published_number": None if translation.published is None else translation.published.number,
            "published_at": translation.published_at,
            "publish_at": translation.publish_at,
            "archived": translation.archived,
            "updated_at": translation.updated_at,
        }
        for translation in document.translations.values()
    ]
