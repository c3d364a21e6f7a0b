"""How fast a rebuild fills an index, beside raw `_bulk` of the same bytes in the same run.

Needs a running stack with tickets in it, for example after `tidedesk up --detach` and `tidedesk import tickets FILE`:

    .venv/bin/python -m benchmarks.rebuild_rate --runs 5
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from itertools import count, islice

from benchmarks.report import Row, spread, table
from projector.bootstrap import Projector, open_projector
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import rebuild
from projector.sinks.bulk import Chunk, send_bulk
from projector.targets import create_index, delete_index
from runtime.settings import read_settings

PAGE_ROWS = 1_000
CONNECTIONS = 4
BULK_TIMEOUT_S = 60.0


async def pages(projector: Projector, projection: Projection) -> AsyncIterator[list[tuple[str, bytes]]]:
    """All documents of the read model as the projector sends them, (id, source) a page."""
    async with projector.pool.acquire() as connection:
        ids = [row["id"] for row in await connection.fetch(f"SELECT id FROM {projection.sources[0]} ORDER BY id")]
        for start in range(0, len(ids), PAGE_ROWS):
            rows = await connection.fetch(projection.source_sql, ids[start : start + PAGE_ROWS], False)
            yield [(row["document_id"], row["source"]) for row in rows]


async def raw_bulk_rate(projector: Projector, projection: Projection, run: int) -> float:
    """Documents a second with nothing else to do: the bytes are ready, several connections send them."""
    index = f"{projector.namespace}-benchmark-raw-{run}"
    body = projection.model.index_body()
    body["settings"]["index"]["refresh_interval"] = "-1"
    chunks: list[Chunk[str]] = [Chunk()]
    versions, total = count(1), 0
    async for page in pages(projector, projection):
        for document_id, source in page:
            chunks[-1].add(document_id, index, document_id, next(versions), source)
            total += 1
        chunks.append(Chunk())
    await delete_index(projector.elasticsearch, index)
    await create_index(projector.elasticsearch, index, body)
    try:
        waiting: Iterator[Chunk[str]] = iter(chunks)

        async def send() -> None:
            for chunk in waiting:
                failures = await send_bulk(projector.elasticsearch, chunk, BULK_TIMEOUT_S)
                assert not failures, list(islice(failures, 3))

        started = time.monotonic()
        await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
        return total / (time.monotonic() - started)
    finally:
        await delete_index(projector.elasticsearch, index)


async def rebuild_rate(projector: Projector, projection: Projection) -> float:
    started = time.monotonic()
    (result,) = await rebuild(projector, [projection.name], lambda name, phase, done, total: None)
    return result.documents / (time.monotonic() - started)


async def measure(model: str, runs: int) -> list[Row]:
    projection = PROJECTIONS[model]
    raw, rebuilt = [], []
    async with open_projector(read_settings()) as projector:
        for run in range(runs):
            raw.append(await raw_bulk_rate(projector, projection, run))
            rebuilt.append(await rebuild_rate(projector, projection))
    ratios = [ours / limit for ours, limit in zip(rebuilt, raw)]
    return [
        Row(f"raw _bulk of {model}, {CONNECTIONS} connections", spread(raw), "documents/s"),
        Row(f"projector rebuild {model}, whole command", spread(rebuilt), "documents/s"),
        Row("ratio", f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})", "at least 0.5"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="tickets", choices=sorted(PROJECTIONS))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(table(asyncio.run(measure(options.model, options.runs))))


if __name__ == "__main__":
    main()
