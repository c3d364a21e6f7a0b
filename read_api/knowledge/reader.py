"""Documents by id or slug, in the best locale: Redis where the locale is known, else Elasticsearch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from read_api.knowledge.queries import catalog_body, locales_body, version_body
from read_api.knowledge.visibility import sees_document
from read_api.locales import choose
from read_api.reading import Reading
from read_api.stores.errors import STORE
from read_models.catalog import CATALOG
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS, document_id
from read_models.history import HISTORY
from runtime.errors import StoreUnavailable
from runtime.problems import ProblemError
from runtime.search.fields import is_id

log = structlog.get_logger(__name__)
Source = Mapping[str, Any]


def not_found() -> ProblemError:
    return ProblemError(404, "document.not_found", "There is no such document, or you may not see it.")


async def published(reading: Reading, id_or_slug: str, locale: str | None) -> Source | None:
    """What readers see. A locale that was asked for is that or nothing; else the caller's, else the document's own."""
    wanted = [locale] if locale else list(reading.locales)
    if is_id(id_or_slug) and wanted:
        source = await _from_redis(reading, id_or_slug.lower(), wanted[0])
        if source is not None:
            return source if sees_document(reading.caller, source) else None
    found = await locales(reading, id_or_slug, drafts=False)
    source = _best(found, wanted, exact=locale is not None)
    if source is not None:
        await _refill(reading, source)
    return source


async def working_copy(reading: Reading, id_or_slug: str, locale: str | None) -> Source | None:
    """What agents work on."""
    wanted = [locale] if locale else list(reading.locales)
    return _best(await locales(reading, id_or_slug, drafts=True), wanted, exact=locale is not None)


async def locales(reading: Reading, id_or_slug: str, *, drafts: bool) -> list[Source]:
    model = DOCUMENT_DRAFTS.name if drafts else DOCUMENTS.name
    await reading.searchable(model)
    found = await reading.services.search.search(model, locales_body(id_or_slug, reading.caller, drafts=drafts))
    return [hit["_source"] for hit in found.hits]


async def version_of(reading: Reading, working: Source, number: int) -> tuple[Source, str]:
    """What is known of an earlier text, and the text itself."""
    revision = next((one for one in working["revisions"] if one["number"] == number), None)
    if revision is None:
        raise ProblemError(
            404, "document.version_not_found", "The text has no such version. The list of its versions names all."
        )
    await reading.searchable(HISTORY.name)
    found = await reading.services.search.search(HISTORY.name, version_body(working["id"], working["locale"], number))
    bodies = [hit["_source"]["body"] for hit in found.hits]
    if not bodies:
        # An index made by an earlier release has no texts until it is rebuilt.
        raise StoreUnavailable(STORE, "the text of this version is not in the index of history yet")
    return revision, bodies[0]


async def categories(reading: Reading) -> list[Source]:
    return await catalog(reading, "category")


async def catalog(reading: Reading, kind: str) -> list[Source]:
    await reading.searchable(CATALOG.name)
    found = await reading.services.search.search(CATALOG.name, catalog_body(kind))
    return [hit["_source"] for hit in found.hits]


def _best(found: Sequence[Source], wanted: Sequence[str], *, exact: bool) -> Source | None:
    by_locale = {source["locale"]: source for source in found}
    best = choose(list(by_locale), wanted)
    if best is not None:
        return by_locale[best]
    if exact or not found:
        return None
    return by_locale.get(found[0]["default_locale"], found[0])


async def _from_redis(reading: Reading, aggregate_id: str, locale: str) -> Source | None:
    try:
        source, _ = await reading.services.lookup.document(DOCUMENTS.name, document_id(aggregate_id, locale))
    except StoreUnavailable as failure:
        log.warning("document_from_elasticsearch", model=DOCUMENTS.name, reason=str(failure))
        return None
    return source


async def _refill(reading: Reading, source: Source) -> None:
    key = document_id(source["id"], source["locale"])
    try:
        await reading.services.lookup.refill(DOCUMENTS.name, key, ("document", source["id"]), source)
    except StoreUnavailable as failure:
        log.info("document_not_put_back", model=DOCUMENTS.name, reason=str(failure))
