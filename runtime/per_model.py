"""Settings with one value for all read models and others for some: `1,tickets=4`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

_NUMBER = re.compile(r"(?:(?P<model>[a-z_]+)=)?(?P<value>\d{1,3})")
_PLACE = re.compile(r"(?:(?P<model>[a-z_]+)=)?(?P<attribute>[A-Za-z0-9_.-]+):(?P<value>[A-Za-z0-9_.-]+)")


@dataclass(frozen=True)
class Numbers:
    for_all: int | None = None
    by_model: Mapping[str, int] = field(default_factory=dict)

    def of(self, model: str) -> int | None:
        """None where nothing is said."""
        return self.by_model.get(model, self.for_all)


@dataclass(frozen=True)
class Places:
    """Node attribute -> the value that it must have."""

    for_all: Mapping[str, str] = field(default_factory=dict)
    by_model: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, model: str) -> Mapping[str, str]:
        return {**self.for_all, **self.by_model.get(model, {})}


def parse_numbers(items: Iterable[str], *, least: int) -> Numbers:
    for_all: int | None = None
    by_model: dict[str, int] = {}
    for item in items:
        found = _NUMBER.fullmatch(item)
        if found is None or int(found["value"]) < least:
            raise ValueError(f"{item!r} must be a number from {least} to 999, for one read model as in tickets=4")
        if found["model"] is None:
            for_all = int(found["value"])
        else:
            by_model[found["model"]] = int(found["value"])
    return Numbers(for_all, by_model)


def parse_places(items: Iterable[str]) -> Places:
    for_all: dict[str, str] = {}
    by_model: dict[str, dict[str, str]] = {}
    for item in items:
        found = _PLACE.fullmatch(item)
        if found is None:
            raise ValueError(f"{item!r} must be attribute:value of nodes, for one read model as in tickets=disk:fast")
        target = for_all if found["model"] is None else by_model.setdefault(found["model"], {})
        target[found["attribute"]] = found["value"]
    return Places(for_all, by_model)


# Of the settings of these names.
PARSERS: Mapping[str, Callable[[Iterable[str]], Numbers | Places]] = {
    "elasticsearch_shards": partial(parse_numbers, least=1),
    "elasticsearch_replicas": partial(parse_numbers, least=0),
    "elasticsearch_allocation": parse_places,
}
