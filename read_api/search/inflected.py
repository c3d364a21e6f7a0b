"""Highlights of words that were found in another form than they were typed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from read_api.locales import index_language
from read_api.reading import Reading
from read_api.search.highlights import highlight_body


async def highlight_inflected(
    reading: Reading, model: str, body: Mapping[str, Any], hits: Sequence[dict[str, Any]], stemmed: Iterable[str]
) -> None:
    """Adds highlights to hits that have no word exactly as it was typed.

    In a second search, as one over the fields of every language would make each search slow for these few.
    """
    silent = {hit["_id"]: hit for hit in hits if "highlight" not in hit}
    if not silent or "highlight" not in body:
        return
    languages = sorted({index_language(hit["_source"]["locale"]) for hit in silent.values()})
    paths = [f"{path}.{language}" for path in stemmed for language in languages]
    found = await reading.services.search.search(
        model,
        {
            "query": {"bool": {"filter": [{"ids": {"values": list(silent)}}], "must": [body["query"]]}},
            "_source": False,
            "size": len(silent),
            "track_total_hits": False,
            "highlight": highlight_body(paths),
        },
    )
    for hit in found.hits:
        if "highlight" in hit:
            silent[hit["_id"]]["highlight"] = hit["highlight"]
