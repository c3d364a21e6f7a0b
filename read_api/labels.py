"""Ids -> {id, name}. Names live in Redis and are joined here, one round trip a page, so a rename is one write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from read_api.knowledge.categories import category_name
from read_api.search.people import CATALOG, PEOPLE
from read_api.stores.es import SearchStore
from read_api.stores.redis import Label, LabelKey, LookupStore
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)
MODEL_OF_KIND = {"user": PEOPLE, "group": PEOPLE, "organization": PEOPLE, "category": CATALOG}
Reference = dict[str, Any]


@dataclass(frozen=True)
class Labels:
    """What could be found. `complete` is False where a store was away, so that names may be missing."""

    found: Mapping[LabelKey, Label] = field(default_factory=dict)
    locales: Sequence[str] = ()
    complete: bool = True

    def name(self, kind: str, label_id: str) -> str | None:
        label = self.found.get((kind, label_id))
        if label is None:
            return None
        if kind == "category":
            return category_name(label["names"], self.locales)
        name: str = label["name"]
        return name

    def reference(self, kind: str, label_id: str | None) -> Reference | None:
        return None if label_id is None else {"id": label_id, "name": self.name(kind, label_id)}


# By one process, of whatever many answers show.
MAX_REMEMBERED = 4_096


class LabelReader:
    def __init__(self, lookup: LookupStore, search: SearchStore) -> None:
        self._lookup = lookup
        self._search = search
        self._remembered: dict[LabelKey, Label] = {}
        self._changed: bytes | None = None

    async def read(
        self,
        wanted: Iterable[LabelKey],
        locales: Sequence[str] = (),
        known: Mapping[LabelKey, Label] | None = None,
        changed: bytes | None = None,
    ) -> Labels:
        """`known`: labels that came along with a document. `changed`: their last change that was published; as long as
        it is the same, what Redis said is remembered. None asks anew."""
        asked, remembered = set(wanted), self._memory(changed)
        found: dict[LabelKey, Label] = {key: remembered[key] for key in asked if key in remembered}
        found |= known or {}
        missing = asked.difference(found)
        try:
            answers = await self._lookup.labels(missing)
            read = {key: label for key, label in answers.items() if label is not None}
            # Also where something changed meanwhile: then nobody asks this memory any more.
            remembered.update(read)
            found |= read
        except StoreUnavailable as failure:
            log.warning("labels_from_elasticsearch", reason=str(failure))
        missing -= found.keys()
        if not missing:
            return Labels(found, locales)
        try:
            found |= await self._from_search(missing)
        except StoreUnavailable:
            return Labels(found, locales, complete=False)
        return Labels(found, locales)

    def _memory(self, changed: bytes | None) -> dict[LabelKey, Label]:
        if changed is None:
            return {}
        if changed != self._changed or len(self._remembered) > MAX_REMEMBERED:
            self._remembered, self._changed = {}, changed
        return self._remembered

    async def _from_search(self, missing: Iterable[LabelKey]) -> dict[LabelKey, Label]:
        ids: dict[str, list[str]] = {}
        for kind, label_id in sorted(missing):
            ids.setdefault(MODEL_OF_KIND[kind], []).append(label_id)
        searches = [
            (
                model,
                {
                    "query": {"bool": {"filter": [{"terms": {"id": wanted}}]}},
                    "_source": ["id", "kind", "name", "names"],
                    "size": len(wanted),
                },
            )
            for model, wanted in ids.items()
        ]
        answers = await self._search.multi_search(searches)
        hits = (hit["_source"] for answer in answers for hit in answer.hits)
        return {(source["kind"], source["id"]): source for source in hits}
