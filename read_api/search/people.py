"""Whom a query means: names and emails -> ids, before the tickets are searched."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from read_api.context import Caller
from read_api.identity.queries import named_body, named_in_text_body
from read_api.search.stopwords import split
from read_api.stores.es import Beside, SearchStore
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


@dataclass
class WhoIsNamed(Beside):
    words: Sequence[str] = ()


class Namesakes:
    """Finds the people that words of a query name, and remembers which words did: most name nobody."""

    def __init__(self, store: SearchStore) -> None:
        self._store = store
        self._naming: OrderedDict[str, None] = OrderedDict()

    def likely(self, words: Iterable[str]) -> bool:
        """A guess that only decides what is asked first."""
        return any(word in self._naming for word in words)

    def question(self, caller: Caller, words: Sequence[str], languages: Sequence[str]) -> WhoIsNamed | None:
        """None where nobody can be named, or for callers who may not search for people."""
        naming = split(words, languages)[0] if caller.is_staff else ()
        return WhoIsNamed(PEOPLE, named_in_text_body(naming, caller), words=naming) if naming else None

    async def people(self, question: WhoIsNamed | None) -> People:
        """Ids by the word that names them."""
        if question is None:
            return {}
        if question.found is None:
            question.found = await self._store.search(question.model, question.body)
        by_word: dict[str, list[str]] = {}
        for hit in question.found.hits:
            for place in sorted({int(name.partition(":")[0]) for name in hit["matched_queries"]}):
                by_word.setdefault(question.words[place], []).append(hit["_source"]["id"])
        self._remember(question.words, by_word)
        return by_word

    def _remember(self, asked: Iterable[str], named: Mapping[str, object]) -> None:
        for word in asked:
            self._naming.pop(word, None)
            if word in named:
                self._naming[word] = None
        while len(self._naming) > MAX_WORDS:
            self._naming.popitem(last=False)
