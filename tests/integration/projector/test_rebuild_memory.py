"""What a rebuild has in memory does not depend on how much there is to copy, nor on how slow Elasticsearch is."""

from __future__ import annotations

import asyncio
import gc

import pytest
from aiohttp import ClientSession

from projector import targets
from projector.bootstrap import Projector
from projector.projections.registry import PROJECTIONS
from projector.rebuild import copy as copying_module
from projector.rebuild.check import NO_ID
from projector.rebuild.copy import PIPELINES, SENDERS, Copy, Piece
from projector.rebuild.pace import Pace, live_lag
from projector.rebuild.progress import FinishedRanges
from projector.sinks.elasticsearch import Elasticsearch
from tests.integration.projector.office import Office
from tests.support.eventually import eventually

TICKETS = PROJECTIONS["tickets"]
NUMBER = 40
RANGE_IDS = 2
BODY_BYTES = 4_000
# Of all texts and what is around them.
LARGEST_DOCUMENT = 3 * BODY_BYTES


def in_memory() -> list[int]:
    """Sizes of the requests that are somewhere on their way."""
    return [len(piece.body) for piece in gc.get_objects() if isinstance(piece, Piece)]


class Slow(Elasticsearch):
    """The real one, which nothing reaches before `open` is set."""

    def __init__(self, session: ClientSession, url: str) -> None:
        super().__init__(session, url)
        self.open = asyncio.Event()
        self.waiting = self.most_waiting = self.most_bytes = 0

    async def send(
        self, method: str, path: str, body: bytes = b"", *, headers: dict[str, str] | None = None, timeout_s: float
    ) -> tuple[int, bytes]:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        self.most_bytes = max(self.most_bytes, sum(in_memory()))
        try:
            await self.open.wait()
            more = {} if headers is None else {"headers": headers}
            return await super().send(method, path, body, timeout_s=timeout_s, **more)
        finally:
            self.waiting -= 1


@pytest.mark.parametrize("chunk_bytes", [1, 2 * RANGE_IDS * LARGEST_DOCUMENT], ids=["many chunks a range", "one"])
async def test_it_reads_ahead_by_a_few_chunks_and_no_further(
    fresh_projector: Projector, office: Office, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    monkeypatch.setattr(copying_module, "PIECE_BYTES", chunk_bytes)
    agent = await office.hire()
    for _ in range(NUMBER):
        await office.open_ticket(agent.id, body="stripes " * (BODY_BYTES // 8))
    index_name = targets.new_index_name(fresh_projector.namespace, TICKETS.model)
    await targets.create_index(fresh_projector.elasticsearch, index_name, TICKETS.model.index_body())
    extent = await fresh_projector.pool.fetchrow(TICKETS.extent_sql)
    assert extent is not None
    pace = Pace(fresh_projector.pool, "tickets", live_lag(fresh_projector.pool, fresh_projector.redis))
    finished = FinishedRanges(NO_ID, 0)
    async with ClientSession() as session:
        slow = Slow(session, fresh_projector.settings.elasticsearch_url)
        copy = Copy(fresh_projector.pool, slow, TICKETS, index_name, pace, RANGE_IDS)
        copying = asyncio.ensure_future(copy.run(finished, extent["last_id"], lambda done: None))

        async def all_have_read() -> bool:
            return slow.waiting >= SENDERS and len([size for size in in_memory() if size]) >= PIPELINES

        await eventually(all_have_read)
        assert slow.waiting == SENDERS
        assert finished.done == copy.documents == 0
        slow.open.set()
        await copying
    assert finished.done == copy.documents == NUMBER
    assert slow.most_waiting == SENDERS
    largest_chunk = min(chunk_bytes, RANGE_IDS * LARGEST_DOCUMENT) + LARGEST_DOCUMENT
    assert BODY_BYTES < slow.most_bytes <= PIPELINES * largest_chunk
