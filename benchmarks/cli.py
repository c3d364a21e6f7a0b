"""Measures Tidedesk beside its limits, on a stack of its own: `make bench`.

Starts Postgres, Redis and Elasticsearch on ports of its own with a data folder of its own, measures, stops them, and
writes one table as Markdown and JSON. A later run with --only replaces just these figures in the table.

examples:
  make bench                                               everything, about an hour on two cores
  make bench ARGS="--list"                                 the figures and how long each takes
  make bench ARGS="--only create,reads --runs 3"           two of them, three runs each
  make bench ARGS="--only rebuild --tickets 20000"         at another size
  make bench ARGS="--quick"                                does all of it still run? the numbers mean nothing
  make bench ARGS="--keep-data" and then ARGS="--only search --keep-data"    load a million tickets only once
  python -m benchmarks.report --write docs/performance.md  bring the table into the page
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.harness.children import ROOT
from benchmarks.harness.figure import QUICK, Bench, Figure, Sizes
from benchmarks.harness.progress import Progress, minutes
from benchmarks.harness.results import markdown
from benchmarks.harness.stack import own_stores
from benchmarks.harness.world import PREFIX, data_fingerprint
from benchmarks.registry import FIGURES
from benchmarks.run import run
from stack.errors import StackError
from stack.supervisor import interruptible

PORT_BASE = 8_600
OUTPUT = ROOT / "build" / "bench"
WRONG_USE = 2
INTERRUPTED = 130


def main() -> None:
    options = parser().parse_args()
    figures, sizes = chosen(options.only), sizes_of(options)
    if options.list:
        print(plan(figures, sizes))
        return
    output: Path = options.output / "quick" if options.quick else options.output
    print(plan(figures, sizes), file=sys.stderr)
    try:
        with interruptible():
            with own_stores(output / "stack", options.port_base, ephemeral=options.quick, keep=options.keep_data) as at:
                progress = Progress(sum(figure.expected_s(sizes) for figure in figures))
                prefix = f"{PREFIX}{data_fingerprint() if options.keep_data else secrets.token_hex(3)}"
                bench = Bench(at, sizes, prefix, output / "logs", progress, keep_data=options.keep_data)
                results = asyncio.run(run(bench, figures, output))
    except StackError as error:
        raise SystemExit(f"{error}") from error
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    print(markdown(results, list(FIGURES)))
    print(f"Written to {output}/results.md and results.json", file=sys.stderr)
    if any(results.figures[figure.name].failure for figure in figures):
        raise SystemExit(1)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        "benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--only", metavar="NAMES", help=f"comma-separated: {', '.join(FIGURES)}")
    made.add_argument("--list", action="store_true", help="show the plan and measure nothing")
    made.add_argument("--quick", action="store_true", help="small sizes and one run, in a minute")
    made.add_argument("--runs", type=int, help=f"runs of each side of a figure, {Sizes.runs} if left out")
    made.add_argument("--tickets", type=int, help=f"of the figures at one size, {Sizes.tickets:,} if left out")
    made.add_argument("--sizes", metavar="N,N,…", help="of the figures about growth, 10000,100000,1000000 if left out")
    made.add_argument("--seconds", type=float, help=f"of one measurement under load, {Sizes.load_s:g} if left out")
    made.add_argument("--port-base", type=int, default=PORT_BASE, help="first port of the stores (%(default)s)")
    made.add_argument("--output", type=Path, default=OUTPUT, help="where results and the stack's data go (build/bench)")
    made.add_argument("--keep-data", action="store_true", help="leave the loaded data for the next run")
    return made


def chosen(only: str | None) -> list[Figure]:
    names = list(FIGURES) if only is None else [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in FIGURES]
    if unknown or not names:
        print(f"There is no figure {', '.join(unknown)}. Choose from {', '.join(FIGURES)}.", file=sys.stderr)
        raise SystemExit(WRONG_USE)
    return [figure for name, figure in FIGURES.items() if name in names]


def sizes_of(options: argparse.Namespace) -> Sizes:
    sizes = QUICK if options.quick else Sizes()
    if options.runs:
        sizes = replace(sizes, runs=options.runs)
    if options.tickets:
        sizes = replace(sizes, tickets=options.tickets)
    if options.sizes:
        sizes = replace(sizes, growth=tuple(sorted(int(size) for size in options.sizes.split(","))))
    if options.seconds:
        sizes = replace(sizes, load_s=options.seconds)
    return sizes


def plan(figures: Sequence[Figure], sizes: Sizes) -> str:
    lines = [f"  {figure.name:<12} {figure.title:<50} {minutes(figure.expected_s(sizes)):>7}" for figure in figures]
    total = minutes(sum(figure.expected_s(sizes) for figure in figures))
    return "\n".join([f"{len(figures)} figures, {sizes.runs} runs each, about {total} on two quiet cores:", *lines])
