"""Words and phrases -> clauses. Exact words rank before stemmed ones, stemmed ones before misspelt ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from read_api.search.reach import Reach, may_be_misspelt
from read_api.search.stopwords import split
from read_models.analysis import ANALYSIS, LANGUAGES, UNDETERMINED
from runtime.search.fields import MATCH_NONE, Clause
from runtime.search.grammar import Query

# Steps between the kinds of match, far wider than what a text score differs within one kind: up to about 120, for a
# word that one of a hundred million tickets has in its subject. The wider, the more Elasticsearch can skip (ADR 17).
EXACT_STEP = 1_000
STEMMED_STEP = 100
MISSPELT_BOOST = 0.2
# With more words than this only the languages of the caller are stemmed: clauses are words times languages.
WORDS_IN_ALL_LANGUAGES = 4
# Fewer words than these must match when nothing matches all of them.
SOME_WORDS = "2<-1 4<60%"
LONGEST_BEGINNING: int = ANALYSIS["filter"]["typed_prefixes"]["max_gram"]


@dataclass(frozen=True)
class TextFields:
    """What a caller may search: folded fields (exact) and objects of one stemmed field per language, with boosts."""

    folded: Mapping[str, float]
    stemmed: Mapping[str, float]


def text_clauses(
    query: Query,
    fields: TextFields,
    *,
    languages: Sequence[str] = (),
    extra: Mapping[str, Sequence[Clause]] | None = None,
    reach: Reach = Reach.TYPED,
) -> tuple[list[Clause], list[Clause], list[Clause]]:
    """(must, should, must_not). `extra` adds other ways for a word to match."""
    if query.unsearchable:
        return [MATCH_NONE], [], []
    extra = extra or {}
    required, optional = split(query.required_words, languages)
    stemmed = _stemmed(fields, languages, len(required))
    by_word = [_word(word, fields.folded, stemmed, extra.get(word, ()), reach) for word in required]
    must: list[Clause] = by_word
    if reach is Reach.SOME and len(by_word) > 1:
        must = [{"bool": {"should": by_word, "minimum_should_match": SOME_WORDS}}]
    must = must + [_exact(phrase.text, fields.folded) for phrase in query.phrases if not phrase.negated]
    should = [_exact(word, fields.folded) for word in optional]
    return must, should, [_exact(text, fields.folded) for text in query.unwanted_texts]


def typed_match(path: str, text: str) -> Clause:
    """Every word of what was typed begins a word of the title; the index holds beginnings up to a length only."""
    beginnings = " ".join(word[:LONGEST_BEGINNING] for word in text.split())
    return {"match": {f"{path}.typed": {"query": beginnings, "operator": "and"}}}


def _word(
    word: str, folded: Mapping[str, float], stemmed: Mapping[str, float], extra: Sequence[Clause], reach: Reach
) -> Clause:
    ways = [
        _at_least(EXACT_STEP, _exact(word, folded)),
        _at_least(
            STEMMED_STEP,
            {"multi_match": {"query": word, "fields": _boosted(stemmed), "operator": "and"}},
        ),
        *extra,
    ]
    if reach is not Reach.TYPED and may_be_misspelt(word):
        ways.append(
            {
                "multi_match": {
                    "query": word,
                    "fields": _boosted(folded),
                    "operator": "and",
                    "fuzziness": "AUTO",
                    "prefix_length": 1,
                    "boost": MISSPELT_BOOST,
                }
            }
        )
    return {"dis_max": {"queries": ways}}


def _exact(text: str, folded: Mapping[str, float]) -> Clause:
    # A phrase, because one typed word such as `wi-fi` can be two in the index.
    return {"multi_match": {"query": text, "fields": _boosted(folded), "type": "phrase"}}


def _at_least(score: int, clause: Clause) -> Clause:
    return {"bool": {"must": [clause, {"match_all": {"boost": score}}]}}


def _stemmed(fields: TextFields, languages: Sequence[str], words: int) -> dict[str, float]:
    if words <= WORDS_IN_ALL_LANGUAGES:
        return {f"{path}.*": boost for path, boost in fields.stemmed.items()}
    asked = [language for language in dict.fromkeys((*languages, "en")) if language in LANGUAGES]
    return {
        f"{path}.{language}": boost for path, boost in fields.stemmed.items() for language in (*asked, UNDETERMINED)
    }


def _boosted(fields: Mapping[str, float]) -> list[str]:
    return [path if boost == 1 else f"{path}^{boost:g}" for path, boost in fields.items()]
