"""What a desk of 100 million tickets and 10,000 writes a second would need, computed from what was measured.

Nothing is assumed to scale for free: processes and shards are counted at the measured rate of one, on cores like the
measured ones, and run at a share of it so that there is room for peaks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchmarks.harness.results import Results, number

TICKETS = 100_000_000
WRITES_PER_S = 10_000
SEARCHES_PER_S = 2_000
# Nobody runs at the limit.
HEADROOM = 0.6
# Between the 10 and 50 GB that Elastic advises for a shard.
SHARD_GB = 40


@dataclass(frozen=True)
class Need:
    part: str
    carried_by: str
    measured: str
    needed: str
    grows_by: str


def growth_table(results: Results) -> str:
    lines = ["| part | carried by | measured here | needed | grows by |", "|---|---|---|---|---|"]
    for need in needs(results):
        lines.append(f"| {need.part} | {need.carried_by} | {need.measured} | {need.needed} | {need.grows_by} |")
    return "\n".join(lines)


def needs(results: Results) -> list[Need]:
    """Only of parts that were measured."""
    found: list[Need] = []
    if (create := results.row("create ticket")) is not None:
        rate = create.ours.median
        found.append(
            Need(
                "commands",
                "write_api processes behind any load balancer, no state of their own",
                f"{number(rate)} creates/s, one process",
                f"{_units(WRITES_PER_S, rate)} processes",
                "more processes; a pool in front of Postgres keeps its connections few",
            )
        )
        if create.limit is not None:
            found.append(
                Need(
                    "the truth",
                    "Postgres; Citus or one database per group of organizations once one machine is full",
                    f"{number(create.limit.median)} transactions/s with all rows, both cores shared",
                    f"{_units(WRITES_PER_S, create.limit.median)} times this machine",
                    "cores first, then shards by ticket id: ticket, messages, events and outbox rows share it",
                )
            )
    if (relay := results.row("relay alone")) is not None:
        rows_per_s = 2 * WRITES_PER_S
        found.append(
            Need(
                "outbox and relay",
                "one outbox per Postgres shard, 16 shards each that any number of projectors share",
                f"{number(relay.ours.median)} rows/s",
                f"{number(rows_per_s / HEADROOM)} rows/s, {_units(rows_per_s, relay.ours.median)} projectors",
                "more projectors, at most one per outbox shard",
            )
        )
    rebuild, stored = results.row("rebuild,"), results.row("ticket in the index")
    if rebuild is not None and rebuild.limit is not None and stored is not None:
        for_size = math.ceil(TICKETS * stored.ours.median * 1_000 / (SHARD_GB * 1e9))
        for_writes = _units(WRITES_PER_S, rebuild.limit.median)
        shards = max(for_size, for_writes)
        hours = TICKETS / (rebuild.ours.median * shards) / 3_600
        found += [
            Need(
                "search",
                "Elasticsearch, ticket indices routed by organization or by year",
                f"{number(rebuild.limit.median)} documents/s into one shard, {stored.ours.median:.1f} kB each on disk",
                f"{shards} shards: {for_size} of {SHARD_GB} GB hold {TICKETS:,} tickets, {for_writes} take the writes",
                "data nodes; replicas for searches",
            ),
            Need(
                "rebuild",
                "one projector per shard, ranges of ids",
                f"{number(rebuild.ours.median)} documents/s",
                f"{hours:.1f} h for {TICKETS:,} tickets on {shards} shards; zero downtime, so it may take longer",
                "projectors and nodes together",
            ),
        ]
    if (by_id := results.row("ticket by id")) is not None:
        found.append(
            Need(
                "reads by id",
                "read_api processes; Redis Cluster, keys spread by ticket id",
                f"{number(by_id.ours.median)} requests/s, one process",
                f"{_units(WRITES_PER_S * 5, by_id.ours.median)} processes for {WRITES_PER_S * 5:,} reads/s",
                "more processes; Redis slots",
            )
        )
    if (lists := results.row("list page")) is not None:
        found.append(
            Need(
                "lists and searches",
                "read_api processes and Elasticsearch replicas",
                f"{number(lists.ours.median)} list pages/s on both cores",
                f"{_units(SEARCHES_PER_S, lists.ours.median)} times this machine for {SEARCHES_PER_S:,}/s",
                "replicas; routing, so that a search of one organization asks one shard",
            )
        )
    return found


def _units(wanted: float, rate_of_one: float) -> int:
    return math.ceil(wanted / (rate_of_one * HEADROOM))
