from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from projector.index_layout import IndexLayout, UnknownReadModel
from read_models.registry import READ_MODELS
from runtime.per_model import parse_numbers, parse_places
from tests.unit.runtime.api import settings_of


def test_a_number_for_all_and_others_for_some() -> None:
    numbers = parse_numbers(["1", "tickets=4"], least=1)
    assert [numbers.of("tickets"), numbers.of("people")] == [4, 1]
    assert parse_numbers(["tickets=4"], least=1).of("people") is None


def test_attributes_of_nodes_for_all_and_more_for_some() -> None:
    places = parse_places(["disk:fast", "history=disk:slow", "history=zone:a"])
    assert places.of("tickets") == {"disk": "fast"}
    assert places.of("history") == {"disk": "slow", "zone": "a"}


@pytest.mark.parametrize(
    "changes",
    [
        {"elasticsearch_shards": ("0",)},
        {"elasticsearch_shards": ("tickets=many",)},
        {"elasticsearch_replicas": ("-1",)},
        {"elasticsearch_allocation": ("tickets=fast",)},
        {"elasticsearch_awareness": "zone;x"},
        {"elasticsearch_url": "http://one:9200,two:9200"},
        {"elasticsearch_url": "http://one:9200,"},
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any]) -> None:
    (name,) = changes
    with pytest.raises(ValidationError, match=name):
        settings_of(**changes)


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_ELASTICSEARCH_SHARDS", "2, tickets=4")
    monkeypatch.setenv("TIDEDESK_ELASTICSEARCH_URL", "http://one:9200, http://two:9200")
    layout = IndexLayout.of(settings_of())
    body = layout.body(READ_MODELS["tickets"], refresh_ms=1_000)
    assert body["settings"]["index"]["number_of_shards"] == 4


def test_one_machine_is_the_default() -> None:
    index = IndexLayout.of(settings_of()).body(READ_MODELS["tickets"], refresh_ms=1_000)["settings"]["index"]
    assert (index["number_of_shards"], index["number_of_replicas"]) == (1, 0)
    assert not [name for name in index if name.startswith("routing")]


def test_an_index_has_its_copies_from_the_start_and_its_own_place() -> None:
    layout = IndexLayout.of(
        settings_of(elasticsearch_replicas=("1", "history=0"), elasticsearch_allocation=("history=disk:slow",))
    )
    index = {name: layout.body(READ_MODELS[name], refresh_ms=1)["settings"]["index"] for name in ("people", "history")}
    assert [index[name]["number_of_replicas"] for name in ("people", "history")] == [1, 0]
    assert index["history"]["routing.allocation.require.disk"] == "slow"
    assert "routing.allocation.require.disk" not in index["people"]


def test_a_read_model_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownReadModel, match="ticket.*Read models are tickets,"):
        IndexLayout.of(settings_of(elasticsearch_shards=("ticket=4",)))
