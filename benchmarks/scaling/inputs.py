"""What the plan is computed from, each with where it comes from: measured here, derived from that, or assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.harness.result import Row
from benchmarks.harness.results import Results
from projector.cadence import SHORTEST_INTERVAL_S

Origin = Literal["measured", "derived", "counted", "assumed"]


class NotMeasured(ValueError):
    """The results have no such figure."""


@dataclass(frozen=True)
class Input:
    name: str
    value: float
    unit: str
    origin: Origin
    source: str


@dataclass(frozen=True)
class Inputs:
    """Times in seconds of one core like the measured ones."""

    cores: Input
    command_s: Input
    commit_s: Input
    documents_per_write: Input
    build_s: Input
    relay_s: Input
    index_s: Input
    worker_s: Input
    batch_s: Input
    refresh_s: Input
    index_kb: Input
    rebuild_per_s: Input
    by_id_per_s: Input
    lists_per_s: Input
    p50_searchable_s: Input

    def all(self) -> list[Input]:
        return list(vars(self).values())


# Profile of one request after the other on a busy machine (docs/performance.md, "What bounds what"): a create took
# 0.82 ms of Python and 0.68 ms of Postgres.
POSTGRES_PER_PYTHON = 0.68 / 0.82
# Of the burst: four of ten changes open a ticket (a ticket, a message, an event), four change one (a ticket, an event),
# two add a message (all three).
DOCUMENTS_PER_WRITE = 0.4 * 3 + 0.4 * 2 + 0.2 * 3
PROJECTOR_WORKERS = 3
# A batch's round trips to Postgres, Elasticsearch and Redis, however small it is.
BATCH_S = 0.02


def inputs_from(results: Results) -> Inputs:
    """Raises NotMeasured."""
    create, backlog = _row(results, "create ticket"), _row(results, "backlog of")
    rebuild, searchable = _row(results, "rebuild,"), _row(results, "commit to searchable, p50")
    cores = float(next(iter(results.figures.values())).machine["cores"])
    command_s = 1 / create.ours.median
    mixed_s, mixed_index_s = cores / backlog.ours.median, cores / _limit(backlog)
    relay_s = _projector_s_per_change(backlog) / DOCUMENTS_PER_WRITE
    burst = "20,000 mixed changes"
    return Inputs(
        cores=Input("cores of the machine that was measured", cores, "", "measured", "results"),
        command_s=Input(
            "a command in the command API", command_s, "s", "measured", "creates a second of one process, 16 clients"
        ),
        commit_s=Input(
            "the same in Postgres",
            command_s * POSTGRES_PER_PYTHON,
            "s",
            "derived",
            "0.68 ms beside 0.82 ms of Python in a profile",
        ),
        documents_per_write=Input(
            "documents that a write changes", DOCUMENTS_PER_WRITE, "", "counted", "the mix of the burst, at most"
        ),
        build_s=Input(
            "building a document in Postgres, and Redis",
            mixed_s - mixed_index_s - relay_s,
            "s",
            "derived",
            f"backlog of {burst}, less raw `_bulk` and the projector's own time",
        ),
        relay_s=Input("a document in the projector", relay_s, "s", "measured", f"processor time, backlog of {burst}"),
        index_s=Input("indexing a copy of a document", mixed_index_s, "s", "measured", f"raw `_bulk` of the {burst}"),
        worker_s=Input(
            "a document for one of the projector's workers",
            PROJECTOR_WORKERS / backlog.ours.median,
            "s",
            "derived",
            f"backlog of {burst}, {PROJECTOR_WORKERS} workers; waiting for two busy cores included",
        ),
        batch_s=Input("a batch, however small", BATCH_S, "s", "assumed", "six round trips on a busy machine"),
        refresh_s=Input("between two refreshes", SHORTEST_INTERVAL_S, "s", "counted", "projector/cadence.py"),
        index_kb=Input(
            "a ticket's document in the index",
            _row(results, "ticket in the index").ours.median,
            "kB",
            "measured",
            "on disk",
        ),
        rebuild_per_s=Input(
            "documents rebuilt a second by one machine", rebuild.ours.median, "1/s", "measured", rebuild.figure
        ),
        by_id_per_s=Input(
            "reads by id of one process", _row(results, "ticket by id").ours.median, "1/s", "measured", "16 clients"
        ),
        lists_per_s=Input(
            "list pages of one machine", _row(results, "list page").ours.median, "1/s", "measured", "16 clients"
        ),
        p50_searchable_s=Input(
            "commit to searchable, p50", searchable.ours.median / 1000, "s", "measured", "only compared with"
        ),
    )


def _row(results: Results, beginning: str) -> Row:
    row = results.row(beginning)
    if row is None:
        raise NotMeasured(f"the results have no figure {beginning!r}: make bench")
    return row


def _limit(row: Row) -> float:
    if row.limit is None:
        raise NotMeasured(f"{row.figure!r} has no limit beside it: make bench")
    return row.limit.median


def _projector_s_per_change(backlog: Row) -> float:
    """It stands in the note only: `0.06 s of projector CPU per 1,000 changes; …`."""
    return float(backlog.note.split(" s of", 1)[0]) / 1_000
