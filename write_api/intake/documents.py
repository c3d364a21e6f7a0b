from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from domain.knowledge.category import Category
from domain.knowledge.document import Document
from domain.knowledge.slug import numbered_slug, slugify
from domain.shared.actor import Role
from domain.shared.clock import Clock, SystemClock
from domain.shared.errors import DomainError
from domain.shared.locale import normalise_locale
from write_api.intake.lines import Line, LineRejected
from write_api.intake.people import PeopleOfBatch, Person
from write_api.intake.record import optional_instant, optional_text, text, texts
from write_api.intake.report import Stored
from write_api.persistence.lookups import ids_by_external_id
from write_api.persistence.tables.knowledge import categories
from write_api.persistence.unit_of_work import UnitOfWork

# Imported pages have no author here; nobody can sign in as this one.
AUTHOR = Person("Import", "import@tidedesk.invalid", Role.AGENT)


class DocumentImporter:
    """Published pages. Rows with one `translation_key` become the locales of one document, in any order and batch."""

    noun = "documents"

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    async def store(self, unit: UnitOfWork, lines: Sequence[Line]) -> Stored:
        stored = Stored()
        batch = await _Batch.load(unit, self._clock, lines)
        for line in lines:
            try:
                change = await batch.apply(line.record)
            except DomainError as refused:
                stored.rejected.append(LineRejected(line.number, refused.message))
                continue
            stored.add(change)
        await batch.save()
        return stored


class _Batch:
    def __init__(self, unit: UnitOfWork, clock: Clock, people: PeopleOfBatch, category_ids: dict[str, UUID]) -> None:
        self._unit = unit
        self._clock = clock
        self._people = people
        self._category_ids = category_ids
        self._documents: dict[str, Document] = {}
        self._slugs: set[str] = set()

    @classmethod
    async def load(cls, unit: UnitOfWork, clock: Clock, lines: Sequence[Line]) -> _Batch:
        paths = {path for line in lines for path in _category_paths(str(line.record.get("category") or ""))}
        category_ids = await ids_by_external_id(unit.session, categories, paths)
        return cls(unit, clock, await PeopleOfBatch.load(unit, [AUTHOR.email]), category_ids)

    async def apply(self, record: Mapping[str, Any]) -> Stored:
        key, locale = text(record, "translation_key"), normalise_locale(text(record, "locale"))
        title, body = text(record, "title"), text(record, "body")
        at = optional_instant(record, "updated_at") or self._clock.now()
        author_id = await self._people.id_of(AUTHOR, at)
        document = await self._find(key)
        before = _published_number(document, locale)
        if document is None:
            document = Document.create(
                title=title,
                body=body,
                locale=locale,
                author_id=author_id,
                at=at,
                slug=await self._free_slug(title),
                category_id=await self._category_id(optional_text(record, "category") or "", locale, at),
                tags=texts(record, "tags"),
                external_id=key,
            )
            self._documents[key] = document
        document.import_published(locale, title=title, body=body, author_id=author_id, at=at)
        if before is None:
            return Stored(created=1)
        return Stored(skipped=1) if before == _published_number(document, locale) else Stored(changed=1)

    async def save(self) -> None:
        for document in self._documents.values():
            if document.version == 0:
                await self._unit.documents.add(document)
            else:
                await self._unit.documents.save(document)

    async def _find(self, key: str) -> Document | None:
        if key not in self._documents:
            document = await self._unit.documents.find_by_external_id(key)
            if document is None:
                return None
            self._documents[key] = document
        return self._documents[key]

    async def _free_slug(self, title: str) -> str | None:
        """None lets the document choose: a title without letters of any alphabet has no slug of its own."""
        wanted = slug = slugify(title)
        candidates = (numbered_slug(wanted, number) for number in count(2))
        while slug and (slug in self._slugs or await self._unit.documents.slug_taken(slug)):
            slug = next(candidates)
        self._slugs.add(slug)
        return slug or None

    async def _category_id(self, path: str, locale: str, at: datetime) -> UUID | None:
        """The category of a path such as `guides/billing`, made with its parents where it is new."""
        ancestors: list[UUID] = []
        for parent in _category_paths(path):
            category_id = self._category_ids.get(parent)
            if category_id is None:
                name = parent.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ").strip().capitalize()
                category = Category.create(
                    names={locale: name},
                    at=at,
                    parent_id=ancestors[0] if ancestors else None,
                    ancestor_ids=ancestors,
                    external_id=parent,
                )
                await self._unit.categories.add(category)
                category_id = self._category_ids[parent] = category.id
            ancestors.insert(0, category_id)
        return ancestors[0] if ancestors else None


def _published_number(document: Document | None, locale: str) -> int | None:
    translation = document.translations.get(locale) if document else None
    return translation.published.number if translation and translation.published else None


def _category_paths(path: str) -> list[str]:
    """`a/b/c` -> `a`, `a/b`, `a/b/c`."""
    names = [name for name in path.split("/") if name]
    return ["/".join(names[: depth + 1]) for depth in range(len(names))]
