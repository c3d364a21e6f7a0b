"""From the fates of documents to what happens to the outbox rows that asked for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from projector.relay.claim import Claim, Place, Rows
from projector.relay.project import DocumentKey, Projected
from projector.sinks.bulk import Failure, Fate

Cause = tuple[DocumentKey, Failure]


@dataclass(frozen=True)
class Trouble:
    """A row with documents that Elasticsearch did not take."""

    place: Place
    causes: Sequence[Cause]

    @property
    def fate(self) -> Fate:
        return max(failure.fate for _, failure in self.causes)


@dataclass
class Verdict:
    done_places: list[Place] = field(default_factory=list)
    done_ids: list[int] = field(default_factory=list)
    failed: list[Trouble] = field(default_factory=list)
    # Documents that can never be indexed; their rows are done.
    refused: list[Trouble] = field(default_factory=list)
    # Rows that stay as they are, because the store takes nothing now.
    is_busy: bool = False


def judge(claim: Claim, projected: Projected) -> Verdict:
    """Rows share the fate of their aggregate's documents, and each has that of its own line of history."""
    if not projected.failures:
        return Verdict(claim.places, claim.ids)
    verdict = Verdict()
    failures = projected.failures_by_id()
    for rows in claim.by_type.values():
        _judge_rows(verdict, rows, failures, projected.added_roots)
    return verdict


def _judge_rows(verdict: Verdict, rows: Rows, failures: dict[UUID, list[Cause]], added_roots: frozenset[UUID]) -> None:
    nothing: list[Cause] = []
    columns = zip(rows.places, rows.ids, rows.aggregate_ids, rows.event_ids, rows.roots_of_parts)
    for place, id_, aggregate_id, event_id, root_id in columns:
        causes = failures.get(aggregate_id, nothing)
        if event_id is not None and event_id != aggregate_id:
            causes = causes + failures.get(event_id, nothing)
        if root_id is not None and root_id in added_roots:
            causes = causes + failures.get(root_id, nothing)
        trouble = Trouble(place, causes)
        if causes and trouble.fate is Fate.BUSY:
            verdict.is_busy = True
        elif causes and trouble.fate is Fate.FAILED:
            verdict.failed.append(trouble)
        else:
            verdict.done_places.append(place)
            verdict.done_ids.append(id_)
            if causes:
                verdict.refused.append(trouble)
