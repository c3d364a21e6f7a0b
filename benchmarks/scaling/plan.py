"""How many of each part a load needs, and at which load each part is full."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from benchmarks.scaling.inputs import Inputs

# Of one database: write_api/persistence/outbox.py. A shard is one worker's at a time.
OUTBOX_SHARDS = 16
# Usual sizes to buy.
DATABASE_CORES = 16
NODE_CORES = 8
# Two could not tell which of them is cut off.
FEWEST_NODES = 3


@dataclass(frozen=True)
class Plan:
    command_processes: int
    databases: int
    database_cores: int
    # Of the projectors of one database.
    workers: int
    nodes: int
    node_cores: int
    replicas: int

    def capacities(self, inputs: Inputs) -> dict[str, float]:
        """Writes a second at which each part has no time left."""
        documents = inputs.documents_per_write.value
        database_s = inputs.commit_s.value + documents * inputs.build_s.value
        index_s = documents * inputs.index_s.value * (1 + self.replicas)
        workers = min(self.workers, OUTBOX_SHARDS)
        return {
            "command API": self.command_processes / inputs.command_s.value,
            "Postgres": self.databases * self.database_cores / database_s,
            "projector": self.databases * workers / (documents * inputs.worker_s.value),
            "Elasticsearch": self.nodes * self.node_cores / index_s,
        }

    @property
    def kafka_partitions(self) -> int:
        """At least one for each worker; more than twice as many so that a worker that is lost is shared out evenly."""
        return 2 * self.databases * self.workers


def one_of_each(inputs: Inputs) -> Plan:
    """Each part at its default, on a machine of its own like the measured one."""
    cores = int(inputs.cores.value)
    return Plan(1, 1, cores, workers=3, nodes=1, node_cores=cores, replicas=0)


def plan_for(
    inputs: Inputs,
    writes_per_s: float,
    headroom: float,
    *,
    replicas: int = 1,
    database_cores: int = DATABASE_CORES,
    node_cores: int = NODE_CORES,
) -> Plan:
    """`headroom`: the share of each part that may be busy."""
    wanted = writes_per_s / headroom
    single = Plan(1, 1, database_cores, OUTBOX_SHARDS, 1, node_cores, replicas)
    of_one = single.capacities(inputs)
    databases = math.ceil(wanted / min(of_one["Postgres"], of_one["projector"]))
    of_one_worker = of_one["projector"] / OUTBOX_SHARDS
    return replace(
        single,
        command_processes=math.ceil(wanted / of_one["command API"]),
        databases=databases,
        workers=min(OUTBOX_SHARDS, math.ceil(wanted / databases / of_one_worker)),
        nodes=max(FEWEST_NODES, math.ceil(wanted / of_one["Elasticsearch"])),
    )
