"""Whom a query means: names and emails -> ids, before the tickets are searched."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from read_api.context import Caller
from read_api.identity.queries import named_body, named_in_text_body
from read_api.search.fields import Names
from read_api.search.stopwords import split
from read_api.stores.es import SearchStore

People = Mapping[str, Sequence[str]]
PEOPLE = "people"
CATALOG = "catalog"


async def whom(
    store: SearchStore,
    caller: Caller,
    typed: Collection[tuple[str, str]],
    words: Sequence[str] = (),
    languages: Sequence[str] = (),
) -> tuple[Names, People]:
    """(what the typed names of `field:name` stand for, ids of people by the word that names them), in one request."""
    wanted = sorted(pair for pair in typed if pair[0] != "category")
    searches: list[tuple[str, Mapping[str, Any]]] = [(PEOPLE, named_body(kind, text, caller)) for kind, text in wanted]
    naming = split(words, languages)[0] if caller.is_staff else ()
    if naming:
        searches.append((PEOPLE, named_in_text_body(naming, caller)))
    if not searches:
        return Names(caller.user_id), {}
    answers = await store.multi_search(searches)
    ids = {
        pair: tuple(hit["_source"]["id"] for hit in answer.hits)
        for pair, answer in zip(wanted, answers[: len(wanted)], strict=True)
    }
    by_word: dict[str, list[str]] = {}
    for hit in answers[-1].hits if naming else ():
        for place in sorted({int(name.partition(":")[0]) for name in hit["matched_queries"]}):
            by_word.setdefault(naming[place], []).append(hit["_source"]["id"])
    return Names(caller.user_id, ids), by_word
