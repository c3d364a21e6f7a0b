from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from tests.integration.write_api.conftest import SignIn, Someone
from tests.integration.write_api.knowledge.desk import draft, published
from tests.support.desk import problem
from write_api.persistence.unit_of_work import Pool


async def votes_on(pool: Pool, document_id: str) -> list[tuple[Any, ...]]:
    sql = "SELECT helpful, comment, version FROM document_votes WHERE document_id = $1 ORDER BY created_at"
    return [tuple(row.values()) for row in await pool.fetch(sql, UUID(document_id))]


async def say(client: httpx.AsyncClient, document_id: str, **said: Any) -> httpx.Response:
    return await client.post(f"/v1/documents/{document_id}/feedback", json=said)


async def test_readers_have_one_vote_each_and_may_change_their_minds(
    agent: Someone, reviewer: Someone, anonymous: httpx.AsyncClient, sign_in: SignIn, pool: Pool
) -> None:
    document_id = await published(agent, reviewer)
    assert (await say(anonymous, document_id, helpful=True)).status_code == 204
    assert (await say(anonymous, document_id, helpful=False)).status_code == 204
    assert (await say(anonymous, document_id, helpful=False, comment=" And then? ")).status_code == 204
    assert await votes_on(pool, document_id) == [(False, "And then?", 3)]
    customer = await sign_in("customer")
    assert (await say(customer.client, document_id, helpful=False, comment="No.")).status_code == 204
    assert (await say(customer.client, document_id, helpful=True)).status_code == 204
    assert await votes_on(pool, document_id) == [(False, "And then?", 3), (True, "", 2)]


async def test_nothing_says_who_voted_and_the_document_stays_as_it_is(
    agent: Someone, reviewer: Someone, pool: Pool
) -> None:
    document_id = await published(agent, reviewer)
    assert (await say(agent.client, document_id, helpful=True)).status_code == 204
    assert await pool.fetchval("SELECT version FROM documents WHERE id = $1", UUID(document_id)) == 4
    (vote_id,) = [
        row["id"] for row in await pool.fetch("SELECT id FROM document_votes WHERE document_id = $1", UUID(document_id))
    ]
    assert await pool.fetchval("SELECT count(*) FROM domain_events WHERE aggregate_id = $1", vote_id) == 0
    (pending,) = await pool.fetch("SELECT * FROM outbox WHERE aggregate_id = $1", vote_id)
    assert (pending["lane"], pending["aggregate_type"], pending["event_id"]) == (1, "document_vote", None)


async def test_what_a_reader_does_not_see_has_no_votes(
    agent: Someone, reviewer: Someone, anonymous: httpx.AsyncClient
) -> None:
    for hidden in (await draft(agent), await published(agent, reviewer, visibility="customers")):
        problem(await say(anonymous, hidden, helpful=True), 404, "document.not_found")
    seen = await published(agent, reviewer)
    problem(await say(anonymous, seen, helpful=True, locale="de"), 404, "document.not_found")
    problem(await say(anonymous, seen, helpful=True, comment="Thanks"), 422, "feedback.comment_unexpected")
    for wrong in ({}, {"helpful": "yes"}, {"helpful": False, "comment": "x" * 1_001}):
        assert (await say(anonymous, seen, **wrong)).status_code == 422
    refused = await anonymous.post(
        f"/v1/documents/{seen}/feedback", json={"helpful": True}, headers={"Authorization": "Bearer nonsense"}
    )
    assert refused.status_code == 401
