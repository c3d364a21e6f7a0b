"""Runs figures one after the other. One that fails is reported with its reason, and the others go on."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.harness import machine
from benchmarks.harness.figure import Bench, Figure, Sizes
from benchmarks.harness.result import Row
from benchmarks.harness.results import FigureResult, Results, markdown
from benchmarks.registry import FIGURES

# Into Postgres and then into Elasticsearch, on two cores.
LOADED_TICKETS_PER_S = 2_000


def longest_s(expected_s: float, sizes: Sizes) -> float:
    """What takes this much longer hangs. Each figure may be the first that needs the largest data."""
    return 4 * (expected_s + max(sizes.growth) / LOADED_TICKETS_PER_S) + 300


async def run(bench: Bench, figures: Sequence[Figure], output: Path) -> Results:
    """Saves after every figure, so that what was measured survives an interruption."""
    facts = await machine.facts(bench.addresses)
    results = Results.load(output / "results.json")
    try:
        for figure in figures:
            started = time.monotonic()
            rows: list[Row] = []
            failure = ""
            with bench.progress.step(figure.title, figure.expected_s(bench.sizes)):
                try:
                    rows = await asyncio.wait_for(
                        figure.measure(bench), longest_s(figure.expected_s(bench.sizes), bench.sizes)
                    )
                # Whatever it is: hours of other figures must not be lost with it.
                except Exception as error:
                    failure = f"{type(error).__name__}: {error}"
                    bench.progress.say(f"{figure.name} failed:\n{traceback.format_exc()}")
            seconds = round(time.monotonic() - started, 1)
            results.figures[figure.name] = FigureResult(rows, failure, seconds, facts, asdict(bench.sizes))
            write(results, output)
    finally:
        await bench.tidy()
    return results


def write(results: Results, output: Path) -> None:
    results.save(output / "results.json")
    (output / "results.md").write_text(markdown(results, list(FIGURES)))
