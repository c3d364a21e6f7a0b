"""Highlights of words that were found in another form than they were typed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from read_api.locales import index_language
from read_api.reading import Reading
from read_api.search.highlights import highlight_body


async def highlight_inflected(
    reading: Reading, model: str, words: Sequence[str], hits: Sequence[dict[str, Any]], stemmed: Iterable[str]
) -> None:
    """Adds highlights to hits that have no word exactly as it was typed.

    In a second request, as one over the fields of every language would make each search slow for these few. It looks
    for the words in these hits only, and does not rank them again.
    """
    silent = {hit["_id"]: hit for hit in hits if "highlight" not in hit}
    if not silent or not words:
        return
    languages = sorted({index_language(hit["_source"]["locale"]) for hit in silent.values()})
    paths = [f"{path}.{language}" for path in stemmed for language in languages]
    wanted = {"multi_match": {"query": " ".join(words), "fields": paths}}
    found = await reading.services.search.search(
        model,
        {
            "query": {"bool": {"filter": [{"ids": {"values": list(silent)}}]}},
            "_source": False,
            "size": len(silent),
            "track_total_hits": False,
            "highlight": {**highlight_body(paths), "highlight_query": wanted},
        },
    )
    for hit in found.hits:
        if "highlight" in hit:
            silent[hit["_id"]]["highlight"] = hit["highlight"]
