"""From the answer of a command to the moment a search shows what it wrote, at a steady rate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.data.generator import customers
from benchmarks.data.requests import ticket_bodies
from benchmarks.harness.children import ChildFailed, run_child
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.result import Row, Target, no_more_than
from benchmarks.harness.servers import product, projecting, until_published
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import ALL_READ_MODELS, World
from read_models.names import alias

WARM_UP_S = 3.0
# Of an index for which nobody set another.
ELASTICSEARCH_REFRESH_MS = 1_000.0
# Minutes: as long as Elasticsearch compiles what it does under load, on the same cores, p50 falls from run to run.
UNCOUNTED_RUNS = 4
CHANGED_TICKETS = 5_000
_OPEN = "SELECT id FROM tickets WHERE status <> 'closed' ORDER BY md5(id::text) LIMIT $1"


@dataclass(frozen=True)
class SteadyRate:
    creates_per_s: int
    changes_per_s: int
    seconds: float


async def measure(bench: Bench) -> list[Row]:
    sizes = bench.sizes
    rate = SteadyRate(sizes.steady_creates_per_s, sizes.steady_changes_per_s, sizes.steady_s)
    # Says on a machine that cannot carry the whole rate what is waiting for the refresh, and what for the machine.
    half = SteadyRate(rate.creates_per_s // 2, rate.changes_per_s // 2, rate.seconds / 2)
    async with bench.copy_of(sizes.tickets, "steady", ALL_READ_MODELS) as world:
        async with (
            product("write_api", world.settings, bench.logs) as write_api,
            projecting(world.settings, bench.logs),
        ):
            await until_published(world.settings)
            for seed in bench.uncounted(UNCOUNTED_RUNS):
                await write_steadily(world, write_api.url, rate, seed)
            runs = [await write_steadily(world, write_api.url, rate, seed=run) for run in range(bench.runs)]
            calm = [await write_steadily(world, write_api.url, half, seed=run) for run in range(bench.runs)]
    return [
        *_delays(
            rate, runs, "pgsync there: p50 80.9 s, p99 149 s", {"p50": no_more_than(250), "p99": no_more_than(600)}
        ),
        *_delays(half, calm, "nothing is asked of it", {}),
        Row(
            "commit to searchable, not found within 30 s",
            "missing",
            Spread.of(float(run["missing"]) for run in (*runs, *calm)),
            targets=(no_more_than(0),),
            note=f"of {min(run['written'] for run in runs):,} and {min(run['written'] for run in calm):,} writes a run",
        ),
    ]


def _delays(rate: SteadyRate, runs: list[dict[str, Any]], note: str, targets: Mapping[str, Target]) -> list[Row]:
    """Rows of p50 and p99; `targets` by percentile."""
    interval_ms = Spread.of([ELASTICSEARCH_REFRESH_MS] * len(runs))
    what = f"{rate.creates_per_s} creates/s and {rate.changes_per_s} changes/s for {rate.seconds:g} s"
    upper = milliseconds(runs, "from_sending", "p99")
    latest_ms = max(run["latest_s"] for run in runs) * 1e3
    notes = {
        "p50": f"from the command's answer to a search that shows the new version; {note}",
        "p99": f"p99 from sending the command {upper.median:,.0f} ms, which bounds it from above; no command was sent"
        f" more than {latest_ms:.0f} ms late",
    }
    return [
        Row(
            f"commit to searchable, {percentile}, {what}",
            "ms",
            milliseconds(runs, "from_answer", percentile),
            interval_ms,
            "refresh interval that Elasticsearch gives an index",
            (targets[percentile],) if percentile in targets else (),
            note=percentile_note,
        )
        for percentile, percentile_note in notes.items()
    ]


async def write_steadily(world: World, write_url: str, rate: SteadyRate, seed: int) -> dict[str, Any]:
    """What benchmarks/children/steady.py saw; raises where a command or a search was refused."""
    settings = world.settings
    rows = await world.pool.fetch(_OPEN, CHANGED_TICKETS)
    job = {
        "write_url": write_url,
        "search_url": f"{settings.elasticsearch_url}/{alias(settings.namespace, 'tickets')}/_search",
        "token": world.token(),
        "creates_per_s": rate.creates_per_s,
        "changes_per_s": rate.changes_per_s,
        "warm_up_s": WARM_UP_S,
        "seconds": rate.seconds,
        "bodies": ticket_bodies(1_000, customers(world.tickets), seed=seed),
        "tickets": [str(row["id"]) for row in rows],
    }
    seen: dict[str, Any] = await run_child(None, "benchmarks.children.steady", given=json.dumps(job).encode())
    if seen["refused"] or not seen["from_answer"]:
        raise ChildFailed(f"commands were refused: {seen['refused']}")
    return seen


def milliseconds(runs: list[dict[str, Any]], since: str, percentile: str) -> Spread:
    return Spread.of(run[since][percentile] * 1e3 for run in runs)


FIGURE = Figure(
    "searchable",
    "commit to searchable at a steady rate",
    measure,
    lambda sizes: 30 + sizes.tickets / 1_500 + (sizes.runs * 1.5 + UNCOUNTED_RUNS) * (sizes.steady_s + WARM_UP_S + 3),
)
