"""How indices are cut into shards and copied, and on which nodes Elasticsearch may put them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from projector.sinks.elasticsearch import Elasticsearch
from read_models.model import ReadModel
from read_models.registry import READ_MODELS
from runtime.per_model import Numbers, Places, parse_numbers, parse_places
from runtime.settings import Settings

# One machine holds one copy, and one shard takes all that its cores can index.
SHARDS = 1
REPLICAS = 0


class UnknownReadModel(ValueError):
    """A setting names a read model that does not exist."""


@dataclass(frozen=True)
class IndexLayout:
    shards: Numbers = field(default_factory=Numbers)
    replicas: Numbers = field(default_factory=Numbers)
    places: Places = field(default_factory=Places)
    awareness: str = ""

    @classmethod
    def of(cls, settings: Settings) -> IndexLayout:
        layout = cls(
            parse_numbers(settings.elasticsearch_shards, least=1),
            parse_numbers(settings.elasticsearch_replicas, least=0),
            parse_places(settings.elasticsearch_allocation),
            settings.elasticsearch_awareness,
        )
        unknown = layout._named - set(READ_MODELS)
        if unknown:
            raise UnknownReadModel(
                f"elasticsearch_shards, _replicas or _allocation name {', '.join(sorted(unknown))}."
                f" Read models are {', '.join(READ_MODELS)}."
            )
        return layout

    def body(self, model: ReadModel, *, refresh_ms: int) -> dict[str, Any]:
        """For `PUT /index`. It has its replicas from the start: half a rebuild is not lost with one node."""
        shards, replicas = self.shards.of(model.name) or SHARDS, self.replicas.of(model.name) or REPLICAS
        body = model.index_body(replicas=replicas, shards=shards, refresh_ms=refresh_ms)
        body["settings"]["index"].update(self._allocation(model.name))
        return body

    async def bring(self, elasticsearch: Elasticsearch, index_name: str, model: ReadModel, *, refresh_ms: int) -> None:
        """To a live index that is there, what is set. The number of its shards is for its next rebuild."""
        wanted: dict[str, Any] = {**model.refresh_setting(refresh_ms), **self._allocation(model.name)}
        if (replicas := self.replicas.of(model.name)) is not None:
            wanted["number_of_replicas"] = replicas
        await elasticsearch.call("PUT", f"/{index_name}/_settings", {"index": wanted})

    async def spread(self, elasticsearch: Elasticsearch) -> None:
        """Asks the cluster to keep copies of a shard on nodes whose attribute differs."""
        if self.awareness:
            setting = {"cluster.routing.allocation.awareness.attributes": self.awareness}
            await elasticsearch.call("PUT", "/_cluster/settings", {"persistent": setting})

    @property
    def _named(self) -> Set[str]:
        return {*self.shards.by_model, *self.replicas.by_model, *self.places.by_model}

    def _allocation(self, model: str) -> dict[str, str]:
        return {f"routing.allocation.require.{name}": value for name, value in self.places.of(model).items()}


ON_ONE_MACHINE = IndexLayout()
