"""Only what Redis said is remembered: Elasticsearch may be a refresh behind the change that is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from read_api.labels import LabelReader
from read_api.stores.es import Found, SearchStore
from read_api.stores.redis import Label, LabelKey, LookupStore
from runtime.errors import StoreUnavailable
from runtime.redis_line import RedisLine

ROSA = ("user", "1")


class Lookup(LookupStore):
    def __init__(self) -> None:
        super().__init__(RedisLine("redis://127.0.0.1:1/0"), "desk")
        self.is_away = False
        self.name = "Rosa Married"

    async def labels(self, wanted: Iterable[LabelKey]) -> dict[LabelKey, Label | None]:
        if self.is_away:
            raise StoreUnavailable("redis", "lost")
        return {key: {"name": self.name} for key in wanted}


class Behind(SearchStore):
    async def multi_search(self, searches: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Found]:
        return [Found([{"_source": {"kind": "user", "id": "1", "name": "Rosa"}}])]


async def test_what_elasticsearch_said_is_not_remembered() -> None:
    lookup = Lookup()
    reader = LabelReader(lookup, Behind("http://127.0.0.1:1", "desk"))
    lookup.is_away = True
    assert (await reader.read([ROSA], changed=b"first")).name(*ROSA) == "Rosa"
    lookup.is_away = False
    assert (await reader.read([ROSA], changed=b"first")).name(*ROSA) == "Rosa Married"
    lookup.name = "Rosa Again"
    assert (await reader.read([ROSA], changed=b"first")).name(*ROSA) == "Rosa Married"
    assert (await reader.read([ROSA], changed=b"second")).name(*ROSA) == "Rosa Again"
