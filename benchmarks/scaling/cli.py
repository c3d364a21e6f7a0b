"""What a load far beyond one machine takes, computed from what was measured and checked by a simulation.

It reads the newest results of `make bench`, or those that were committed. Each input is named with whether it was
measured, derived, counted or assumed. Before anything else the simulation has to give what was measured on one machine.

examples:
  python -m benchmarks.scaling                                    10,000 writes a second, 100 million tickets
  python -m benchmarks.scaling --writes 2000 --tickets 20000000   another load
  python -m benchmarks.scaling --headroom 0.4                     more room for peaks
  python -m benchmarks.scaling --hot 0.2                          a fifth of all writes go to one database
  python -m benchmarks.scaling --results build/bench/results.json   results of your own
  python -m benchmarks.scaling --write docs/scaling.md            bring the tables into the page
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.cli import OUTPUT
from benchmarks.harness.results import Results
from benchmarks.report import replaced
from benchmarks.scaling import report, sizes
from benchmarks.scaling.inputs import Inputs, NotMeasured, inputs_from
from benchmarks.scaling.one_machine import comparisons
from benchmarks.scaling.pipeline import Outcome, Pipeline
from benchmarks.scaling.plan import OUTBOX_SHARDS, Plan, one_of_each, plan_for

COMMITTED = Path(__file__).parent / "measured.json"
WRITES_PER_S = 10_000.0
# Nobody runs at the limit.
HEADROOM = 0.6
# Of simulated time, in which at 10,000 writes a second a million things happen.
SECONDS = 3.0
WRONG_USE = 2


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    try:
        results = Results.load(options.results)
        tables = tables_of(results, options)
    except NotMeasured as problem:
        print(f"{options.results}: {problem}")
        raise SystemExit(WRONG_USE) from None
    if options.write is None:
        print("\n\n".join(tables.values()))
        return
    page = options.write.read_text()
    for name, table in tables.items():
        page = replaced(page, name, table)
    options.write.write_text(page)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        "benchmarks.scaling", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    newest = OUTPUT / "results.json"
    made.add_argument("--writes", type=_positive, default=WRITES_PER_S, help="a second (%(default)g)")
    made.add_argument("--tickets", type=int, default=sizes.TICKETS, help="kept (%(default)s)")
    made.add_argument("--headroom", type=_share, default=HEADROOM, help="most that a part may be busy (%(default)s)")
    made.add_argument("--replicas", type=int, default=1, help="further copies of each document (%(default)s)")
    made.add_argument(
        "--hot", type=_share, default=0.0, help="share of writes that one database gets beside its own (%(default)s)"
    )
    made.add_argument("--seconds", type=_positive, default=SECONDS, help="that are simulated (%(default)g)")
    made.add_argument("--seed", type=int, default=1, help="the same seed, the same run (%(default)s)")
    made.add_argument(
        "--results", type=Path, default=newest if newest.exists() else COMMITTED, help="a results.json of make bench"
    )
    made.add_argument("--write", type=Path, metavar="PAGE", help="the page whose tables are replaced")
    return made


def tables_of(results: Results, options: argparse.Namespace) -> dict[str, str]:
    """By the name of their place in the page. Raises NotMeasured."""
    inputs = inputs_from(results)
    plan = plan_for(inputs, options.writes, options.headroom, replicas=options.replicas)
    wanted = sizes.needs(inputs, plan, options.writes, options.tickets, options.headroom)
    return {
        "inputs": report.inputs_table(inputs),
        "checks": report.checks_table(comparisons(inputs, results, options.seed)),
        "breaks": report.breaks_table(inputs, one_of_each(inputs)),
        "plan": report.plan_table(inputs, plan, options.writes),
        "sizes": report.needs_table(wanted),
        "simulated": report.outcomes_table(simulated(inputs, plan, options)),
    }


def simulated(inputs: Inputs, plan: Plan, options: argparse.Namespace) -> list[tuple[str, Outcome]]:
    def run(of: Plan, writes: float, hot: float = options.hot) -> Outcome:
        return Pipeline(of, inputs, options.seed, hot).run(writes, options.seconds)

    writes = options.writes
    small = one_of_each(inputs)
    full = min(small.capacities(inputs).values())
    fewer_nodes = replace(plan, nodes=plan.nodes - 1)
    one_database = replace(plan, databases=1, workers=OUTBOX_SHARDS)
    return [
        (f"one of each at {0.6 * full:,.0f} writes/s", run(small, 0.6 * full, 0.0)),
        (f"one of each at {1.2 * full:,.0f} writes/s", run(small, 1.2 * full, 0.0)),
        (f"the plan at {writes:,.0f} writes/s", run(plan, writes)),
        (f"the plan at {1.5 * writes:,.0f} writes/s", run(plan, 1.5 * writes)),
        ("the plan without one node of Elasticsearch", run(fewer_nodes, writes)),
        (f"the plan with a single database and its {OUTBOX_SHARDS} workers", run(one_database, writes)),
        ("the plan, a fifth of all writes of one organization, kept in one database", run(plan, writes, 0.2)),
    ]


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("must be from 0 to below 1")
    return value
