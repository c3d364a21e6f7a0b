"""What has to be kept and read: shards, partitions, and the processes that answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.harness.results import number
from benchmarks.scaling.inputs import Inputs
from benchmarks.scaling.plan import Plan

TICKETS = 100_000_000
READS_PER_S = 50_000
LISTS_PER_S = 2_000
# Between the 10 and 50 GB that Elastic advises for a shard.
SHARD_GB = 40
# A partition of a table by time: so that vacuum and an index rebuild of one are done within an hour or so.
PARTITION_ROWS = 500_000_000
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Need:
    what: str
    needed: str
    because: str


def ticket_shards(inputs: Inputs, tickets: int) -> int:
    return math.ceil(tickets * inputs.index_kb.value * 1_000 / (SHARD_GB * 1e9))


def needs(inputs: Inputs, plan: Plan, writes_per_s: float, tickets: int, headroom: float) -> list[Need]:
    shards = ticket_shards(inputs, tickets)
    machines = shards * (1 + plan.replicas)
    # More shards than nodes keep all their cores busy, as one shard kept those of the measured machine.
    of_one_core = inputs.rebuild_per_s.value / inputs.cores.value
    rebuilt_per_s = of_one_core * plan.nodes * plan.node_cores / (1 + plan.replicas)
    hours = tickets / rebuilt_per_s / 3_600
    events_a_day = writes_per_s * SECONDS_A_DAY
    by_id = math.ceil(READS_PER_S / (inputs.by_id_per_s.value * headroom))
    lists = math.ceil(LISTS_PER_S / (inputs.lists_per_s.value * headroom))
    return [
        Need(
            "shards of the ticket index",
            f"{shards}, {machines} with their copies",
            f"{tickets:,} tickets of {number(inputs.index_kb.value)} kB, {SHARD_GB} GB a shard",
        ),
        Need(
            "a rebuild of all tickets",
            f"{number(hours)} h",
            f"{number(of_one_core)} documents/s on each of {plan.nodes * plan.node_cores} cores, each document"
            f" {1 + plan.replicas} times; search goes on meanwhile, so it may take longer",
        ),
        Need(
            "partitions of domain_events and messages, by time",
            f"one for every {number(PARTITION_ROWS / events_a_day * 24 * plan.databases)} h of a database",
            f"{number(events_a_day / 1e6)} million events a day over {plan.databases} databases,"
            f" {PARTITION_ROWS / 1e6:.0f} million rows a partition",
        ),
        Need(
            f"query API processes for {READS_PER_S:,} reads by id a second",
            f"{by_id}",
            f"{number(inputs.by_id_per_s.value)} a second of one",
        ),
        Need(
            f"machines for {LISTS_PER_S:,} list pages a second, query API and Elasticsearch",
            f"{lists} of {inputs.cores.value:.0f} cores",
            f"{number(inputs.lists_per_s.value)} a second of one",
        ),
    ]
