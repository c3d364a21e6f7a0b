"""Why a hit was found: fragments of its text, HTML-escaped by Elasticsearch, the found words in <em>."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Elasticsearch's own limit for text that it has to analyse again; longer text is cut there, not refused.
MAX_ANALYZED_OFFSET = 1_000_000
FRAGMENTS = 3


def highlight_body(paths: Iterable[str]) -> dict[str, Any]:
    return {
        "encoder": "html",
        "pre_tags": ["<em>"],
        "post_tags": ["</em>"],
        "order": "score",
        "number_of_fragments": FRAGMENTS,
        "fragment_size": 160,
        "max_analyzed_offset": MAX_ANALYZED_OFFSET,
        "fields": {path: {} for path in paths},
    }


def named_highlights(found: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> dict[str, list[str]]:
    """By the names callers know; `names`: index field, without its language -> name."""
    return {names[path.partition(".")[0]]: list(fragments) for path, fragments in found.items()}
