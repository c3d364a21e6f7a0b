"""The small Elasticsearch answers like the full one where our mappings ask it to."""

from __future__ import annotations

from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, BadRequestError

pytestmark = pytest.mark.integration


async def tokens(elasticsearch: AsyncElasticsearch, text: str, **how: Any) -> list[str]:
    answer = await elasticsearch.indices.analyze(text=text, **how)
    return [token["token"] for token in answer["tokens"]]


@pytest.mark.parametrize(
    ("analyzer", "text", "expected"),
    [
        ("english", "The foxes are running", ["fox", "run"]),
        ("german", "Die Häuser in Köln", ["haus", "koln"]),
        ("french", "les chevaux blancs", ["cheval", "blanc"]),
        ("spanish", "las canciones", ["cancion"]),
        ("portuguese", "os navegadores", ["navegador"]),
        ("russian", "новые книги", ["нов", "книг"]),
        ("turkish", "evlerimiz", ["ev"]),
        ("cjk", "東京都", ["東京", "京都"]),
        ("arabic", "الكتاب", ["كتاب"]),
        ("thai", "สวัสดีครับ", ["สวัสดี", "ครับ"]),
    ],
)
async def test_language_analyzers(
    elasticsearch: AsyncElasticsearch, analyzer: str, text: str, expected: list[str]
) -> None:
    assert await tokens(elasticsearch, text, analyzer=analyzer) == expected


@pytest.mark.parametrize(
    ("text", "filters", "expected"),
    [
        ("Ångström Café", ["lowercase", "asciifolding"], ["angstrom", "cafe"]),
        ("Café", [{"type": "asciifolding", "preserve_original": True}], ["Cafe", "Café"]),
        ("printer", [{"type": "edge_ngram", "min_gram": 2, "max_gram": 4}], ["pr", "pri", "prin"]),
        ("abc", [{"type": "ngram", "min_gram": 2, "max_gram": 3}], ["ab", "abc", "bc"]),
        ("Häuser", ["lowercase", {"type": "stemmer", "language": "light_german"}], ["haus"]),
        ("to be or not", [{"type": "stop", "stopwords": "_english_"}], []),
        ("PowerShot500", ["word_delimiter_graph"], ["Power", "Shot", "500"]),
        ("l'avion", [{"type": "elision", "articles": ["l"]}], ["avion"]),
        ("a b a", ["unique"], ["a", "b"]),
        ("lighthouse", [{"type": "truncate", "length": 5}], ["light"]),
        ("a bb ccc", [{"type": "length", "min": 2, "max": 2}], ["bb"]),
        ("Straße", ["german_normalization"], ["Strasse"]),
        ("ﾃｽﾄ", ["cjk_width"], ["テスト"]),
        ("tv", [{"type": "synonym_graph", "synonyms": ["tv, television"]}], ["television", "tv"]),
        ("a b", ["shingle"], ["a", "a b", "b"]),
    ],
)
async def test_token_filters(
    elasticsearch: AsyncElasticsearch, text: str, filters: list[Any], expected: list[str]
) -> None:
    assert await tokens(elasticsearch, text, tokenizer="whitespace", filter=filters) == expected


@pytest.mark.parametrize(
    ("tokenizer", "expected"),
    [
        ("keyword", ["ab c-d"]),
        ("whitespace", ["ab", "c-d"]),
        ("letter", ["ab", "c", "d"]),
        ({"type": "pattern", "pattern": "-"}, ["ab c", "d"]),
        ({"type": "edge_ngram", "min_gram": 1, "max_gram": 2, "token_chars": ["letter"]}, ["a", "ab", "c", "d"]),
    ],
)
async def test_tokenizers(elasticsearch: AsyncElasticsearch, tokenizer: Any, expected: list[str]) -> None:
    assert await tokens(elasticsearch, "ab c-d", tokenizer=tokenizer) == expected


async def test_markup_is_stripped(elasticsearch: AsyncElasticsearch) -> None:
    shown = await tokens(elasticsearch, "<p>Hello&nbsp;you</p>", tokenizer="standard", char_filter=["html_strip"])
    assert shown == ["Hello", "you"]


async def test_an_unknown_language_is_refused(elasticsearch: AsyncElasticsearch) -> None:
    with pytest.raises(BadRequestError, match="klingon"):
        await tokens(elasticsearch, "x", tokenizer="standard", filter=[{"type": "stemmer", "language": "klingon"}])
