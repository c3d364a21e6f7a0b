from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.identity.group import Group
from tests.integration.write_api.conftest import SignIn, Someone
from tests.integration.write_api.rows import event_data, one_row
from tests.support.desk import expect, problem
from write_api.persistence.unit_of_work import Pool

ANY = {"If-Match": "*"}


async def keep(someone: Someone, **fields: Any) -> httpx.Response:
    return await someone.client.post("/v1/views", json={"name": "Urgent", **fields})


async def test_a_view_is_kept_changed_and_deleted(agent: Someone, group: Group, sign_in: SignIn, pool: Pool) -> None:
    query = {"q": "toner status:open", "priority": ["urgent"], "assignee": ["me", "none"], "created_after": "2026-01"}
    made = await keep(agent, query={**query, "tag": [], "type": None}, sort="-priority")
    view_id = expect(made, 201)["id"]
    assert made.headers["Location"] == f"/v1/views/{view_id}"
    row = await one_row(pool, "SELECT query, sort, shared_with FROM views WHERE id = $1", UUID(view_id))
    assert tuple(row.values()) == (query, "-priority", "me")
    path = f"/v1/views/{view_id}"
    changed = await agent.client.patch(path, json={"name": "Soon", "query": {}}, headers={"If-Match": '"v1"'})
    assert expect(changed)["version"] == 2
    stale = await agent.client.patch(path, json={"name": "Later"}, headers={"If-Match": '"v1"'})
    assert stale.status_code == 412
    assert (await agent.client.delete(path, headers={"If-Match": '"v2"'})).status_code == 204
    problem(await agent.client.delete(path, headers=ANY), 404, "view.not_found")
    assert await event_data(pool, view_id, "ViewDeleted") == {"name": "Soon", "query": {}}


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"query": {"q": "planet:mars"}}, "/query/q"),
        ({"query": {"q": "status:lost"}}, "/query/q"),
        ({"query": {"assignee": ["Ada"]}}, "/query/assignee"),
        ({"query": {"updated_before": "soon"}}, "/query/updated_before"),
        ({"sort": "price"}, "/sort"),
    ],
)
async def test_what_a_list_would_refuse_is_not_kept(agent: Someone, wrong: dict[str, Any], pointer: str) -> None:
    refused = problem(await keep(agent, **wrong), 422, "view.query_invalid")
    assert refused["errors"][0]["pointer"] == pointer
    kept = expect(await keep(agent), 201)["id"]
    problem(await agent.client.patch(f"/v1/views/{kept}", json=wrong, headers=ANY), 422, "view.query_invalid")


async def test_agents_share_with_groups_of_theirs_and_admins_with_everybody(
    agent: Someone, group: Group, sign_in: SignIn
) -> None:
    member, admin, customer = (
        await sign_in("agent", group_ids=[group.id]),
        await sign_in("admin"),
        await sign_in("customer"),
    )
    of_group = {"shared_with": "group", "group_id": str(group.id)}
    problem(await keep(agent, **of_group), 403, "view.sharing_forbidden")
    problem(await keep(member, shared_with="everybody"), 403, "view.sharing_forbidden")
    problem(await keep(member, shared_with="group"), 422, "view.sharing_invalid")
    problem(await keep(customer), 403, "view.forbidden")
    shared = expect(await keep(member, **of_group), 201)["id"]
    own = expect(await keep(member), 201)["id"]
    for view_id in (shared, own):
        answer = await agent.client.patch(f"/v1/views/{view_id}", json={"name": "Theirs"}, headers=ANY)
        problem(answer, 404, "view.not_found")
    everybodys = {"shared_with": "everybody"}
    for someone, status in ((member, 403), (admin, 200)):
        answer = await someone.client.patch(f"/v1/views/{shared}", json=everybodys, headers=ANY)
        assert answer.status_code == status
    problem(await agent.client.delete(f"/v1/views/{shared}", headers=ANY), 403, "view.forbidden")
