"""From the fates of documents to what happens to the outbox rows that asked for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import asyncpg

from projector.relay.project import DocumentKey, Projected
from projector.relay.settle import MAX_ATTEMPTS, DeadDocument, Retry, retry_pause
from projector.sinks.bulk import Failure, Fate
from projector.sinks.redis import Update


@dataclass
class Verdict:
    done: list[asyncpg.Record] = field(default_factory=list)
    retries: list[Retry] = field(default_factory=list)
    dead: list[DeadDocument] = field(default_factory=list)
    # Aggregates whose documents are all in Elasticsearch: Redis may show them.
    updates: list[Update] = field(default_factory=list)
    # Rows that stay as they are, because the store takes nothing now.
    is_busy: bool = False


def judge(rows: Sequence[asyncpg.Record], projected: Projected) -> Verdict:
    """All rows of one aggregate share a fate, and an aggregate shares that of its parts (a ticket, its messages)."""
    verdict = Verdict()
    groups: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        groups[row["aggregate_id"]].append(row)
    failures = projected.failures_by_id()
    held: dict[UUID, timedelta | None] = {}
    # Parts before their roots, which is also the order of the outbox.
    for aggregate_id in sorted(groups, key=lambda id_: id_ not in projected.roots):
        group = groups[aggregate_id]
        own = failures.get(aggregate_id, [])
        of_events = [failure for row in group for failure in failures.get(row["event_id"], [])]
        worst = max((failure.fate for _, failure in own + of_events), default=Fate.DONE)
        attempts = max(row["attempts"] for row in group)
        if worst is Fate.BUSY:
            verdict.is_busy = True
            _hold(held, projected, aggregate_id, None)
        elif worst is Fate.FAILED and attempts + 1 < MAX_ATTEMPTS:
            pause = retry_pause(attempts)
            verdict.retries += [Retry(row, pause, counts=True) for row in group]
            _hold(held, projected, aggregate_id, pause)
        elif aggregate_id in held:
            pause_of_part = held[aggregate_id]
            if pause_of_part is not None:
                verdict.retries += [Retry(row, pause_of_part, counts=False) for row in group]
        else:
            verdict.done += group
            verdict.dead += [_dead(key, failure, group) for key, failure in own + of_events]
            if not own and aggregate_id in projected.updates:
                verdict.updates.append(projected.updates[aggregate_id])
    return verdict


def _hold(held: dict[UUID, timedelta | None], projected: Projected, part_id: UUID, pause: timedelta | None) -> None:
    root_id = projected.roots.get(part_id)
    # None, the store being busy, outweighs a pause.
    if root_id is not None and (root_id not in held or held[root_id] is not None):
        held[root_id] = pause


def _dead(key: DocumentKey, failure: Failure, group: list[asyncpg.Record]) -> DeadDocument:
    return DeadDocument(key.projection, key.document_id, failure.reason, max(group, key=lambda row: row["id"]))
