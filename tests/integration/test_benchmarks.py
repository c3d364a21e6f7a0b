"""Every benchmark still runs. What it measures at these sizes means nothing."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from benchmarks.harness.addresses import Addresses
from benchmarks.harness.figure import QUICK, Bench, Figure
from benchmarks.harness.progress import Progress
from benchmarks.harness.result import Row, at_most
from benchmarks.harness.results import Results, markdown
from benchmarks.harness.spread import Spread
from benchmarks.registry import FIGURES
from benchmarks.report import replaced
from benchmarks.run import run
from benchmarks.scaling.inputs import inputs_from
from tests.support.addresses import StoreAddresses
from tests.support.broker import require_fetched

KAFKA = "kafka"


# A minute on two quiet cores.
@pytest.mark.timeout(600)
async def test_every_figure_runs(store_addresses: StoreAddresses, tmp_path: Path) -> None:
    names = [name for name in FIGURES if name != KAFKA]
    results = await measured(names, store_addresses, tmp_path)
    saved = Results.load(tmp_path / "results.json")
    assert saved.rows() == results.rows()
    table = markdown(saved, list(FIGURES))
    assert [row.figure for row in results.rows() if f"| {row.figure} |" not in table] == []
    # Everything that the plan past one machine is computed from.
    assert inputs_from(saved).worker_s.value > 0


@pytest.mark.timeout(300)
async def test_the_figure_that_needs_kafka_runs(store_addresses: StoreAddresses, tmp_path: Path) -> None:
    require_fetched()
    await measured([KAFKA], store_addresses, tmp_path)


async def measured(names: list[str], store_addresses: StoreAddresses, tmp_path: Path) -> Results:
    addresses = Addresses(store_addresses.database_url, store_addresses.redis_url, store_addresses.elasticsearch_url)
    bench = Bench(addresses, QUICK, f"bench{secrets.token_hex(4)}", tmp_path / "logs", Progress(1.0))
    results = await run(bench, [FIGURES[name] for name in names], tmp_path)
    assert {name: one.failure for name, one in results.figures.items() if one.failure} == {}
    assert [name for name in names if not results.figures[name].rows] == []
    assert [row.figure for row in results.rows() if row.unit == "missing" and row.ours.most > 0] == []
    return results


async def test_a_figure_that_fails_is_reported_and_the_others_go_on(
    store_addresses: StoreAddresses, tmp_path: Path
) -> None:
    addresses = Addresses(store_addresses.database_url, store_addresses.redis_url, store_addresses.elasticsearch_url)
    bench = Bench(addresses, QUICK, f"bench{secrets.token_hex(4)}", tmp_path / "logs", Progress(1.0))

    async def fails(_: Bench) -> list[Row]:
        raise ValueError("a reason")

    async def measures(_: Bench) -> list[Row]:
        return [Row("a figure", "ms", Spread.of([2.0]), Spread.of([1.0]), "a limit", (at_most(1.5),))]

    figures = [Figure("create", "fails", fails, lambda _: 1.0), Figure("reads", "measures", measures, lambda _: 1.0)]
    results = await run(bench, figures, tmp_path)
    assert results.figures["create"].failure == "ValueError: a reason"
    table = markdown(results, list(FIGURES))
    assert "| create | failed: ValueError: a reason |" in table
    assert "| a figure | 2.00 ms | a limit | 1.00 ms | 2.00 | at most 1.5x | **no** |" in table


def test_only_the_text_between_the_marks_is_replaced() -> None:
    page = "before\n<!-- measured -->\nold\n<!-- end of measured -->\nafter\n"
    assert replaced(page, "measured", "new\n") == "before\n<!-- measured -->\nnew\n<!-- end of measured -->\nafter\n"


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="once each"):
        replaced("nothing here", "measured", "new")
