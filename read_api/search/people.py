"""Whom a query means: names and emails -> ids, before the tickets are searched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence

from read_api.context import Caller
from read_api.identity.queries import named_body, named_in_text_body
from read_api.search.stopwords import split
from read_api.stores.es import SearchStore
from runtime.search.fields import Names

People = Mapping[str, Sequence[str]]
PEOPLE = "people"
CATALOG = "catalog"
MAX_WORDS = 10_000


async def names_meant(store: SearchStore, caller: Caller, typed: Collection[tuple[str, str]]) -> Names:
    """What the typed names of `field:name` stand for."""
    wanted = sorted(pair for pair in typed if pair[0] != "category")
    if not wanted:
        return Names(caller.user_id)
    answers = await store.multi_search([(PEOPLE, named_body(kind, text, caller)) for kind, text in wanted])
    ids = {
        pair: tuple(hit["_source"]["id"] for hit in answer.hits) for pair, answer in zip(wanted, answers, strict=True)
    }
    return Names(caller.user_id, ids)


class Namesakes:
    """Finds the people that words of a query name, and remembers which words did: most name nobody."""

    def __init__(self, store: SearchStore) -> None:
        self._store = store
        self._naming: OrderedDict[str, None] = OrderedDict()

    def likely(self, words: Iterable[str]) -> bool:
        """A guess that only decides what is asked first."""
        return any(word in self._naming for word in words)

    async def people(self, caller: Caller, words: Sequence[str], languages: Sequence[str]) -> People:
        """Ids by the word that names them; nobody for callers who may not search for people."""
        naming = split(words, languages)[0] if caller.is_staff else ()
        if not naming:
            return {}
        by_word: dict[str, list[str]] = {}
        for hit in (await self._store.search(PEOPLE, named_in_text_body(naming, caller))).hits:
            for place in sorted({int(name.partition(":")[0]) for name in hit["matched_queries"]}):
                by_word.setdefault(naming[place], []).append(hit["_source"]["id"])
        self._remember(naming, by_word)
        return by_word

    def _remember(self, asked: Iterable[str], named: Mapping[str, object]) -> None:
        for word in asked:
            self._naming.pop(word, None)
            if word in named:
                self._naming[word] = None
        while len(self._naming) > MAX_WORDS:
            self._naming.popitem(last=False)
