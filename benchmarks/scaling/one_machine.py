"""Does the simulation give what was measured on one machine? Only then does it say anything of a hundred."""

from __future__ import annotations

import random
import re
import statistics
from dataclasses import dataclass

from benchmarks.harness.results import Results
from benchmarks.scaling.inputs import Inputs, NotMeasured
from benchmarks.scaling.pipeline import Pipeline
from benchmarks.scaling.plan import one_of_each
from benchmarks.scaling.simulator import Clock, Job, Station, varying

CLIENTS = 16
SECONDS = 20.0
# The load under which commit to searchable was measured: 200 creates and 100 changes.
WRITES_PER_S = 300.0
_P50 = re.compile(r"p50 ([\d.]+) ms")


@dataclass(frozen=True)
class Comparison:
    figure: str
    unit: str
    measured: float
    simulated: float
    # Whether the simulation was told this very figure.
    is_input: bool

    @property
    def ratio(self) -> float:
        return self.simulated / self.measured


def comparisons(inputs: Inputs, results: Results, seed: int) -> list[Comparison]:
    found: list[Comparison] = []
    for beginning, times_s in (
        # Python in one process, then Postgres on the other core.
        ("create ticket", [(1, inputs.command_s.value), (1, inputs.commit_s.value)]),
        ("ticket by id", [(1, 1 / inputs.by_id_per_s.value)]),
        ("list page", [(int(inputs.cores.value), inputs.cores.value / inputs.lists_per_s.value)]),
    ):
        row = results.row(beginning)
        said = _P50.search(row.note) if row else None
        if row is None or said is None:
            raise NotMeasured(f"the results do not say the p50 of {beginning!r}")
        rate, p50_s = closed_loop(times_s, seed)
        found += [
            Comparison(row.figure, "requests/s", row.ours.median, rate, is_input=True),
            Comparison(f"{row.figure}, p50", "ms", float(said[1]), 1_000 * p50_s, is_input=False),
        ]
    outcome = Pipeline(one_of_each(inputs), inputs, seed).run(WRITES_PER_S, SECONDS)
    found.append(
        Comparison(
            f"commit to searchable, p50, {WRITES_PER_S:.0f} writes/s",
            "ms",
            1_000 * inputs.p50_searchable_s.value,
            outcome.searchable_ms(0.5),
            is_input=False,
        )
    )
    return found


def closed_loop(times_s: list[tuple[int, float]], seed: int, clients: int = CLIENTS) -> tuple[float, float]:
    """Clients that ask again as soon as they are answered, of stations (servers, time); the rate and the p50, s."""
    clock, chance = Clock(), random.Random(seed)
    stations = [
        (Station(clock, str(place), servers), varying(time_s, chance))
        for place, (servers, time_s) in enumerate(times_s)
    ]
    took_s: list[float] = []

    def ask(job: Job) -> None:
        go_on(0, Job(clock.now_s, job.key))

    def go_on(place: int, job: Job) -> None:
        if place == len(stations):
            took_s.append(clock.now_s - job.began_s)
            ask(job)
            return
        station, takes_s = stations[place]
        station.enter(job, takes_s(), lambda job: go_on(place + 1, job))

    for client in range(clients):
        ask(Job(0.0, client))
    clock.run(SECONDS)
    return len(took_s) / SECONDS, statistics.median(took_s)
