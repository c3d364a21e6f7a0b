"""Text analysis shared by all read models: one folded field to match exactly, one stemmed field per language."""

from __future__ import annotations

from typing import Any

Mapping = dict[str, Any]

# Primary language subtag -> analyzer, by Elasticsearch's standard names.
LANGUAGE_ANALYZERS = {
    "ar": "arabic",
    "bg": "bulgarian",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "ja": "cjk",
    "ko": "cjk",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "zh": "cjk",
}
UNDETERMINED = "und"
LANGUAGES = (*LANGUAGE_ANALYZERS, UNDETERMINED)

ANALYSIS: Mapping = {
    "filter": {"typed_prefixes": {"type": "edge_ngram", "min_gram": 1, "max_gram": 15}},
    "analyzer": {
        # Case and accents do not matter; words stay whole, so exact matches can rank before stemmed ones.
        "folded": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding"]},
        "typed": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "asciifolding", "typed_prefixes"]},
    },
}

KEYWORD: Mapping = {"type": "keyword"}
LONG: Mapping = {"type": "long"}
INTEGER: Mapping = {"type": "integer"}
BOOLEAN: Mapping = {"type": "boolean"}
DATE: Mapping = {"type": "date"}
FLATTENED: Mapping = {"type": "flattened"}
# Kept in the document and shown, never searched.
STORED_ONLY: Mapping = {"type": "object", "enabled": False}
STORED_TEXT: Mapping = {"type": "keyword", "index": False, "doc_values": False}
# Offsets in the postings: highlights need no second analysis of a long thread.
FOLDED: Mapping = {"type": "text", "analyzer": "folded", "index_options": "offsets"}
# Of a field that only some documents have, Lucene looks for the length of each text step by step, for every word of it:
# two fifths of what merging tickets took (ADR 19). These fields count how often a word comes, not in how long a text.
ANY_LENGTH: Mapping = {"norms": False, "similarity": "any_length"}
SIMILARITY: Mapping = {"any_length": {"type": "BM25", "b": 0}}
TITLE: Mapping = {
    **FOLDED,
    "fields": {"typed": {"type": "text", "analyzer": "typed", "search_analyzer": "folded", "norms": False}},
}


def by_language(copy_to: str | None = None) -> Mapping:
    """An object with one stemmed text field per language; `copy_to` names the folded field that takes all of them."""
    copied: Mapping = {} if copy_to is None else {"copy_to": copy_to}
    fields = {
        language: {"type": "text", "analyzer": analyzer, "index_options": "offsets", **ANY_LENGTH, **copied}
        for language, analyzer in LANGUAGE_ANALYZERS.items()
    }
    fields[UNDETERMINED] = {**FOLDED, **ANY_LENGTH, **copied}
    return {"properties": fields}
