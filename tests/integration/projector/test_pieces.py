"""Requests that Postgres makes for a rebuild: the documents that are made one by one, however they are cut."""

from __future__ import annotations

from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from domain.shared.ids import uuid7
from projector.bootstrap import Projector
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import rebuild
from projector.rebuild.switch import RebuildRefused
from projector.verify.content import DigestSum, digest_in
from tests.integration.projector.office import Office, differences
from tests.integration.projector.test_dead_letters import POISON
from tests.support.world import World

TEXTS = ('quoted "so" \\ and so', "*bold*", "🖨 \u2028", "x" * 5_000, "\x01")


@pytest_asyncio.fixture
async def ids(office: Office) -> list[UUID]:
    agent = await office.hire()
    tickets = [await office.open_ticket(agent.id, body=text) for text in TEXTS]
    # One that is not there has no document.
    return [*(ticket.id for ticket in tickets), uuid7()]


@pytest.mark.parametrize("piece_bytes", [1, 6_000, 8_000_000])
async def test_they_hold_what_is_made_one_by_one(fresh_world: World, ids: list[UUID], piece_bytes: int) -> None:
    projection = PROJECTIONS["tickets"]
    rows = await fresh_world.pool.fetch(projection.source_sql, ids, False)
    expected = {row["document_id"]: row["source"] for row in rows if row["source"] is not None}
    pieces = await fresh_world.pool.fetch(projection.bulk_sql, ids, "an-index", 7, piece_bytes)
    found: dict[str, bytes] = {}
    for piece in pieces:
        lines = piece["body"].split(b"\n")
        assert lines.pop() == b""
        actions = [orjson.loads(line)["index"] for line in lines[::2]]
        digests = DigestSum()
        for action, source in zip(actions, lines[1::2], strict=True):
            assert action == {"_index": "an-index", "_id": action["_id"], "version": 7, "version_type": "external"}
            digests.add(digest_in(source))
            found[action["_id"]] = source
        assert DigestSum(piece["documents"], piece["high"], piece["low"]) == digests
        # Up to one document more than was asked for.
        assert len(piece["body"]) <= piece_bytes + max(map(len, expected.values())) + 200
    assert found == expected
    assert len(pieces) == {1: len(TEXTS), 6_000: 2, 8_000_000: 1}[piece_bytes]


async def test_nothing_to_copy_makes_no_request(fresh_world: World) -> None:
    for projection in PROJECTIONS.values():
        assert await fresh_world.pool.fetch(projection.bulk_sql, [uuid7()], "an-index", 1, 1_000) == []


async def test_what_is_refused_in_a_piece_is_found_one_by_one(fresh_projector: Projector, office: Office) -> None:
    """A document that the mapping refuses does not keep the others of its piece out of the index."""
    agent = await office.hire()
    tickets = [await office.open_ticket(agent.id) for _ in range(3)]
    await fresh_projector.drain_all()
    await office.pool.execute(POISON, tickets[1].id)
    with pytest.raises(RebuildRefused, match=str(tickets[1].id)):
        await rebuild(fresh_projector, ["tickets"], lambda *_: None)
    await office.pool.execute("UPDATE tickets SET custom_fields = '{}' WHERE id = $1", tickets[1].id)
    await rebuild(fresh_projector, ["tickets"], lambda *_: None)
    assert await differences(fresh_projector) == []
