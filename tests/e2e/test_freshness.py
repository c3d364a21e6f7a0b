from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest

from tests.support.desk import Caller, expect, open_ticket, waiting_for
from tests.support.eventually import eventually
from tests.support.moments import moment
from tests.support.served import Served
from tests.support.world import World

HEADER = re.compile(r'as_of="(?P<as_of>[^"]+)", lag_ms=(?P<lag_ms>\d+), stale=\?(?P<stale>[01])')
READS = (
    "/v1/tickets",
    "/v1/search/tickets?q=anything",
    "/v1/search/documents?q=anything",
    "/v1/search?q=anything",
    "/v1/suggest?q=an",
    "/v1/documents",
    "/v1/categories",
    "/v1/users",
    "/v1/groups",
    "/v1/organizations",
    "/v1/counts",
    "/v1/ticket-fields",
    "/v1/freshness",
)


@pytest.mark.parametrize("path", READS)
async def test_every_answer_says_how_fresh_it_is(agent: Caller, path: str) -> None:
    answer = await agent.read.get(path)
    expect(answer)
    header = HEADER.fullmatch(answer.headers["Freshness"])
    assert header, answer.headers["Freshness"]
    assert moment(header["as_of"]) <= datetime.now(timezone.utc)
    assert header["stale"] == "0"


async def test_a_quiet_system_is_fresh(agent: Caller) -> None:
    async def is_fresh() -> bool:
        header = HEADER.fullmatch((await agent.read.get("/v1/tickets")).headers["Freshness"])
        return header is not None and int(header["lag_ms"]) < 2_500

    assert await eventually(is_fresh, timeout_s=20)


async def test_a_wait_that_runs_out_says_stale(served: Served, customer: Caller) -> None:
    """With the projector stopped nothing new becomes visible: the answer comes as it is, and says so."""
    before = await open_ticket(customer)
    expect(await customer.read.get("/v1/tickets", headers=waiting_for(before["token"])))
    served.projector.end()
    try:
        ticket = await open_ticket(customer)
        answer = await customer.read.get("/v1/tickets", headers=waiting_for(ticket["token"], wait_s=1))
        listed = [item["id"] for item in expect(answer)["items"]]
        assert ticket["id"] not in listed and before["id"] in listed
        header = HEADER.fullmatch(answer.headers["Freshness"])
        assert header is not None and header["stale"] == "1"
        assert "Preference-Applied" not in answer.headers
    finally:
        served.projector.start()
    caught_up = await customer.read.get("/v1/tickets", headers=waiting_for(ticket["token"]))

    async def is_listed() -> bool:
        answer = await customer.read.get("/v1/tickets", headers=waiting_for(ticket["token"]))
        return ticket["id"] in [item["id"] for item in expect(answer)["items"]]

    expect(caught_up)
    assert await eventually(is_listed, timeout_s=30)


async def test_commit_to_visible_takes_no_token_only_a_moment(customer: Caller, agent: Caller) -> None:
    ticket = await open_ticket(customer)

    async def is_visible() -> bool:
        listed = expect(await agent.read.get("/v1/tickets", params={"sort": "-created_at"}))
        return ticket["id"] in [item["id"] for item in listed["items"]]

    assert await eventually(is_visible, timeout_s=10)


async def test_the_state_of_the_projections_is_told(customer: Caller, agent: Caller) -> None:
    ticket = await open_ticket(customer)
    expect(await agent.read.get("/v1/tickets", headers=waiting_for(ticket["token"])))
    state = expect(await agent.read.get("/v1/freshness"))
    assert state["pending"] == 0 or state["oldest_pending_age_ms"] >= 0
    assert state["dead"] == 0
    of_one = expect(await agent.read.get(f"/v1/projections/ticket/{ticket['id']}"))
    assert of_one["projected_version"] == 1
    refused = await customer.read.get(f"/v1/projections/ticket/{ticket['id']}")
    assert refused.status_code == 403


async def test_by_id_answers_without_what_redis_kept(served_world: World, customer: Caller, agent: Caller) -> None:
    """Redis is a faster copy: what it lost comes from Elasticsearch, names included; who is signed in is put back."""
    ticket = await open_ticket(customer, subject="Kept in two places")
    path = f"/v1/tickets/{ticket['id']}"
    before = expect(await agent.read.get(path, headers=waiting_for(ticket["token"])))
    counted = expect(await agent.read.get("/v1/counts"))
    keys = [key async for key in served_world.redis.scan_iter(match=f"{served_world.namespace}:*", count=1000)]
    assert keys
    await served_world.redis.unlink(*keys)

    async def answered() -> dict[str, Any]:
        answer = await agent.read.get(path)
        assert answer.status_code in (200, 503), answer.text
        return expect(answer) if answer.status_code == 200 else {}

    after = await eventually(answered, timeout_s=5.0)
    assert after == before
    assert after["requester"] == {"id": customer.id, "name": customer.name}
    changed = await agent.write.patch(path, json={"priority": "high"}, headers={"If-Match": ticket["etag"]})
    expect(changed)
    headers = waiting_for(changed.headers["Consistency-Token"])
    again = await agent.read.get(path, headers=headers)
    assert (expect(again)["version"], again.json()["priority"]) == (2, "high")
    assert expect(await agent.read.get("/v1/counts", headers=headers)) == counted
