from __future__ import annotations

import httpx
import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.rows import event_types, pending
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool

KINDS = pytest.mark.parametrize("kind", ["group", "organization"])


async def new(someone: Someone, kind: str, **fields: object) -> httpx.Response:
    return await someone.client.post(f"/v1/{kind}s", json={"name": f"{kind} {uuid7()}", **fields})


async def patch(someone: Someone, kind: str, id: object, version: int, **changes: object) -> httpx.Response:
    headers = {"If-Match": f'"v{version}"'}
    return await someone.client.patch(f"/v1/{kind}s/{id}", json=changes, headers=headers)


@KINDS
async def test_it_is_created_and_renamed(admin: Someone, pool: Pool, kind: str) -> None:
    answer = await new(admin, kind)
    created = expect(answer, 201)
    assert answer.headers["location"] == f"/v1/{kind}s/{created['id']}"
    changed = await patch(admin, kind, created["id"], 1, name=f"Renamed {uuid7()}")
    assert (expect(changed)["version"], changed.headers["etag"]) == (2, '"v2"')
    name = kind.title()
    assert await event_types(pool, created["id"]) == [f"{name}Created", f"{name}Changed"]
    expected = [(kind, 1, f"{name}Created"), (kind, 2, f"{name}Changed")]
    assert await pending(pool, created["id"]) == expected


@KINDS
async def test_a_name_is_given_once(admin: Someone, kind: str) -> None:
    name = f"Twice {uuid7()}"
    expect(await new(admin, kind, name=name), 201)
    other = expect(await new(admin, kind), 201)["id"]
    for answer in (await new(admin, kind, name=name), await patch(admin, kind, other, 1, name=name)):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "name.taken")
        assert problem["errors"][0]["pointer"] == "/name"


@KINDS
async def test_a_change_builds_on_a_version(admin: Someone, kind: str) -> None:
    created = expect(await new(admin, kind), 201)["id"]
    missing = await admin.client.patch(f"/v1/{kind}s/{created}", json={"name": "x"})
    assert missing.status_code == 428
    assert (await patch(admin, kind, created, 2, name="x")).status_code == 412
    unknown = await patch(admin, kind, uuid7(), 1, name="x")
    assert (unknown.status_code, unknown.json()["code"]) == (404, f"{kind}.not_found")


async def test_groups_are_for_admins_and_organizations_for_all_agents(
    admin: Someone, agent: Someone, customer: Someone, anonymous: httpx.AsyncClient
) -> None:
    for kind, someone, created, changed in (
        ("group", agent, 403, 403),
        ("group", customer, 403, 403),
        ("organization", agent, 201, 200),
        ("organization", customer, 403, 403),
    ):
        id = expect(await new(admin, kind), 201)["id"]
        assert (await new(someone, kind)).status_code == created
        assert (await patch(someone, kind, id, 1, name=f"Mine {uuid7()}")).status_code == changed
        assert (await anonymous.post(f"/v1/{kind}s", json={"name": "x"})).status_code == 401


async def test_the_domains_of_an_organization_are_domain_names(admin: Someone) -> None:
    refused = await new(admin, "organization", domains=["example.com", "not a domain"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/domains/1")
    id = expect(await new(admin, "organization", domains=["Example.com"], shares_tickets=True), 201)["id"]
    same = await patch(admin, "organization", id, 1, domains=["example.com"])
    assert expect(same)["version"] == 1
    assert expect(await patch(admin, "organization", id, 1, domains=None))["version"] == 2
