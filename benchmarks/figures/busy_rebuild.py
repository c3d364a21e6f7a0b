"""A rebuild while people go on writing and searching: whether anything is lost, and what each notices of the other."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from benchmarks.figures.searchable import SteadyRate, milliseconds, write_steadily
from benchmarks.harness.children import ROOT, RebuildRun, environment_of, rebuild_in_child
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.result import Row, no_more_than
from benchmarks.harness.servers import product, projecting, until_published
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import ALL_READ_MODELS, World

MODEL = "tickets"
CREATES_PER_S, CHANGES_PER_S = 67, 33
# About as long as the rebuild takes beside it on two cores.
WRITING_S = 45.0


async def measure(bench: Bench) -> list[Row]:
    rate = SteadyRate(CREATES_PER_S, CHANGES_PER_S, min(WRITING_S, bench.sizes.steady_s))
    async with bench.copy_of(bench.sizes.tickets, "busy", ALL_READ_MODELS) as world:
        async with (
            product("write_api", world.settings, bench.logs) as write_api,
            projecting(world.settings, bench.logs),
        ):
            await until_published(world.settings)
            busy, alone = await interleaved(
                bench.runs,
                lambda: _both(world, write_api.url, rate),
                lambda: rebuild_in_child(world.settings, MODEL),
            )
            differing = await _differing(world)
    rebuilt, written = [run for run, _ in busy], [seen for _, seen in busy]
    what = f"{CREATES_PER_S} creates/s and {CHANGES_PER_S} changes/s"
    return [
        Row(
            f"rebuild of {bench.sizes.tickets:,} tickets under {what}",
            "documents/s",
            Spread.of(run.documents / run.seconds for run in rebuilt),
            Spread.of(run.documents / run.seconds for run in alone),
            "the same rebuild alone",
            note="searched through the alias every 15 ms meanwhile; no search and no command was refused",
        ),
        Row(
            f"commit to searchable, p99, while that rebuild runs, {what}",
            "ms",
            milliseconds(written, "from_answer", "p99"),
            note=f"of {min(seen['written'] for seen in written):,} writes a run",
        ),
        Row(
            "lost by those rebuilds: writes not found, and an index that verify finds different",
            "missing",
            Spread.of([float(sum(seen["missing"] for seen in written) + differing)]),
            targets=(no_more_than(0),),
            note="`projector verify` afterwards: every version and digest, Postgres against both stores",
        ),
    ]


async def _both(world: World, write_url: str, rate: SteadyRate) -> tuple[RebuildRun, dict[str, Any]]:
    rebuilt, seen = await asyncio.gather(
        rebuild_in_child(world.settings, MODEL), write_steadily(world, write_url, rate, seed=1)
    )
    return rebuilt, seen


async def _differing(world: World) -> int:
    """Whether anything is not what Postgres holds."""
    verify = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "projector", "verify", "--json"),
        cwd=ROOT,
        env=environment_of(world.settings),
        stdout=asyncio.subprocess.DEVNULL,
    )
    return await verify.wait()


FIGURE = Figure(
    "busy",
    "rebuild under 100 writes/s",
    measure,
    lambda sizes: 40
    + sizes.tickets / 1_500
    + sizes.runs * (min(WRITING_S, sizes.steady_s) + 5 + sizes.tickets / 9_000),
)
