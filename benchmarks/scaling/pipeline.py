"""One write from the command to the search that finds it, through the parts of a plan."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from benchmarks.harness.spread import percentile
from benchmarks.scaling.batches import BatchStation
from benchmarks.scaling.inputs import Inputs
from benchmarks.scaling.plan import OUTBOX_SHARDS, Plan
from benchmarks.scaling.simulator import Clock, Job, Station, arrivals, varying

BATCH_ROWS = 1_000
# Longer than any queue that is not growing takes to empty.
SETTLE_S = 30.0


@dataclass
class Load:
    """What one part had to do."""

    busy: float
    waiting_at_end: int


@dataclass
class Outcome:
    writes: int
    documents: int
    searchable: int
    loads: dict[str, Load]
    answered_s: list[float] = field(default_factory=list)
    searchable_s: list[float] = field(default_factory=list)

    def answered_ms(self, share: float) -> float:
        return 1_000 * percentile(self.answered_s, share) if self.answered_s else 0.0

    def searchable_ms(self, share: float) -> float:
        return 1_000 * percentile(self.searchable_s, share) if self.searchable_s else 0.0


class Pipeline:
    """`hot_share` of all writes go to one database, as those of one very large organization might."""

    def __init__(self, plan: Plan, inputs: Inputs, seed: int, hot_share: float = 0.0) -> None:
        self.clock = Clock()
        self._chance = random.Random(seed)
        self._inputs = inputs
        self._replicas = plan.replicas
        self._hot_share = hot_share
        station = partial(Station, self.clock)
        self.commands = station("command API", plan.command_processes)
        self.databases = [station("Postgres", plan.database_cores) for _ in range(plan.databases)]
        self.projectors = [
            BatchStation(
                self.clock,
                "projector",
                OUTBOX_SHARDS,
                min(plan.workers, OUTBOX_SHARDS),
                inputs.batch_s.value,
                inputs.worker_s.value,
                BATCH_ROWS,
            )
            for _ in range(plan.databases)
        ]
        self.nodes = [station("Elasticsearch", plan.node_cores) for _ in range(plan.nodes)]
        self._command_s = varying(inputs.command_s.value, self._chance)
        self._commit_s = varying(inputs.commit_s.value, self._chance)
        self._build_s = varying(inputs.build_s.value, self._chance)
        self._index_s = varying(inputs.index_s.value, self._chance)
        self._outcome = Outcome(0, 0, 0, {})

    def run(self, writes_per_s: float, seconds: float) -> Outcome:
        """Writes come for so long; what is searchable within half a minute after that counts."""
        arrivals(self.clock, writes_per_s, seconds, self._chance, self._write)
        self.clock.run(seconds)
        groups: dict[str, Sequence[Station | BatchStation]] = {
            "command API": [self.commands],
            "Postgres": self.databases,
            "projector": self.projectors,
            "Elasticsearch": self.nodes,
        }
        for name, stations in groups.items():
            servers = sum(one.workers if isinstance(one, BatchStation) else one.servers for one in stations)
            busy = sum(one.busy_s for one in stations) / (servers * seconds)
            self._outcome.loads[name] = Load(busy, sum(one.here for one in stations))
        self.clock.run(seconds + SETTLE_S)
        return self._outcome

    def _write(self, job: Job) -> None:
        self._outcome.writes += 1
        if self._hot_share and self._chance.random() < self._hot_share:
            job.key = 0
        self.commands.enter(job, self._command_s(), self._commit)

    def _commit(self, job: Job) -> None:
        self.databases[job.key % len(self.databases)].enter(job, self._commit_s(), self._committed)

    def _committed(self, job: Job) -> None:
        now_s, whole = self.clock.now_s, int(self._inputs.documents_per_write.value)
        self._outcome.answered_s.append(now_s - job.began_s)
        more = self._chance.random() < self._inputs.documents_per_write.value - whole
        for _ in range(whole + more):
            self._outcome.documents += 1
            document = Job(now_s, self._chance.getrandbits(32))
            database = job.key % len(self.databases)
            self.databases[database].enter(document, self._build_s(), partial(self._built, database))

    def _built(self, database: int, document: Job) -> None:
        self.projectors[database].enter(document, self._projected)

    def _projected(self, document: Job) -> None:
        missing = [1 + self._replicas]

        def indexed(_: Job) -> None:
            missing[0] -= 1
            if not missing[0]:
                self._indexed(document)

        for copy in range(1 + self._replicas):
            self.nodes[(document.key + copy) % len(self.nodes)].enter(document, self._index_s(), indexed)

    def _indexed(self, document: Job) -> None:
        refresh_s = self._inputs.refresh_s.value
        found_s = (self.clock.now_s // refresh_s + 1) * refresh_s
        self.clock.at(found_s, partial(self._found, document))

    def _found(self, document: Job) -> None:
        self._outcome.searchable += 1
        self._outcome.searchable_s.append(self.clock.now_s - document.began_s)
