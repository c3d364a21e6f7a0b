from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member
from tests.integration.write_api.rows import event_types, one_row, pending
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"


def person(**fields: Any) -> dict[str, Any]:
    return {"name": "Alice Brennan", "email": f"{uuid7()}@example.com", **fields}


async def create(someone: Someone, **fields: Any) -> httpx.Response:
    return await someone.client.post("/v1/users", json=person(**fields))


async def patch(someone: Someone, user_id: object, version: int, **changes: Any) -> httpx.Response:
    headers = {"If-Match": f'"v{version}"'}
    return await someone.client.patch(f"/v1/users/{user_id}", json=changes, headers=headers)


async def new_group(admin: Someone) -> str:
    group_id: str = expect(await admin.client.post("/v1/groups", json={"name": f"Group {uuid7()}"}), 201)["id"]
    return group_id


async def test_a_user_is_created_with_all_it_has(admin: Someone, door: Door, pool: Pool) -> None:
    group_id = await new_group(admin)
    organization = await admin.client.post("/v1/organizations", json={"name": f"Org {uuid7()}"})
    body = person(
        role="agent",
        group_ids=[group_id],
        organization_id=organization.json()["id"],
        locale="pt-br",
        password=PASSWORD,
    )
    answer = await admin.client.post("/v1/users", json=body)
    created = expect(answer, 201)
    assert answer.headers["location"] == f"/v1/users/{created['id']}"
    assert (answer.headers["etag"], created["version"]) == ('"v1"', 1)
    assert answer.headers["consistency-token"]
    row = await one_row(
        pool,
        "SELECT role, locale, active, version,"
        " ARRAY(SELECT group_id::text FROM user_groups WHERE user_id = id) AS groups FROM users WHERE id = $1",
        UUID(created["id"]),
    )
    assert row == {"role": "agent", "locale": "pt-BR", "active": True, "version": 1, "groups": [group_id]}
    assert await event_types(pool, created["id"]) == ["UserRegistered"]
    assert await pending(pool, created["id"]) == [("user", 1, "UserRegistered")]
    assert (await door.sign_in(body["email"]))["session_id"]


async def test_who_may_create_whom(
    admin: Someone, agent: Someone, customer: Someone, anonymous: httpx.AsyncClient
) -> None:
    for someone, role, status in (
        (admin, "admin", 201),
        (admin, "agent", 201),
        (agent, "customer", 201),
        (agent, "agent", 403),
        (agent, "admin", 403),
        (customer, "customer", 403),
    ):
        assert (await create(someone, role=role)).status_code == status, (someone.user.role, role)
    assert (await anonymous.post("/v1/users", json=person())).status_code == 401


async def test_an_address_belongs_to_one_user(admin: Someone) -> None:
    email = f"{uuid7()}@example.com"
    answers = await asyncio.gather(*(create(admin, email=each) for each in (email, email.upper(), email)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    for problem in (answer.json() for answer in answers if answer.status_code == 409):
        assert (problem["code"], problem["errors"][0]["pointer"]) == ("user.email_taken", "/email")
    other = expect(await create(admin), 201)
    moved = await patch(admin, other["id"], 1, email=email)
    assert (moved.status_code, moved.json()["code"]) == (409, "user.email_taken")


@pytest.mark.parametrize(
    ("fields", "status", "code", "pointer"),
    [
        ({"group_ids": [UNKNOWN_ID], "role": "agent"}, 422, "reference.unknown", "/group_ids"),
        ({"organization_id": UNKNOWN_ID}, 422, "reference.unknown", "/organization_id"),
        ({"group_ids": [UNKNOWN_ID]}, 409, "user.customer_in_group", "/group_ids"),
        ({"email": "not an address"}, 422, "email.invalid", "/email"),
        ({"name": "   "}, 422, "text.blank", "/name"),
        ({"locale": "klingon!"}, 422, "locale.invalid", "/locale"),
        ({"password": "short"}, 422, "value.too_short", "/password"),
        ({"password": "\U0001f512" * 19}, 422, "password.too_common", "/password"),
        ({"password": "sunshine 20262026"}, 422, "password.too_common", "/password"),
        ({"role": "owner"}, 422, "value.not_allowed", "/role"),
        ({"version": 7}, 422, "field.unknown", "/version"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_place(
    admin: Someone, pool: Pool, fields: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    body = person(**fields)
    answer = await admin.client.post("/v1/users", json=body)
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (status, code, pointer)
    assert await pool.fetchval("SELECT count(*) FROM users WHERE email = $1", body["email"]) == 0


async def test_a_change_builds_on_a_version(admin: Someone) -> None:
    user_id = expect(await create(admin), 201)["id"]
    missing = await admin.client.patch(f"/v1/users/{user_id}", json={"name": "Al"})
    assert (missing.status_code, missing.json()["code"]) == (428, "if_match.required")
    changed = await patch(admin, user_id, 1, name="Al")
    assert (expect(changed)["version"], changed.headers["etag"]) == (2, '"v2"')
    stale = await patch(admin, user_id, 1, name="Bo")
    assert (stale.status_code, stale.json()["code"], stale.headers["etag"]) == (412, "version_mismatch", '"v2"')
    nothing_new = await patch(admin, user_id, 2, name="Al")
    assert expect(nothing_new)["version"] == 2


async def test_of_many_changes_of_one_version_one_wins(admin: Someone) -> None:
    user_id = expect(await create(admin), 201)["id"]
    answers = await asyncio.gather(*(patch(admin, user_id, 1, name=f"Name {n}") for n in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 11


async def test_role_groups_and_organization_change(admin: Someone, pool: Pool) -> None:
    first, second = await new_group(admin), await new_group(admin)
    user_id = expect(await create(admin), 201)["id"]
    expect(await patch(admin, user_id, 1, role="agent", group_ids=[first, second]))
    expect(await patch(admin, user_id, 2, group_ids=[second]))
    rows = await pool.fetch("SELECT group_id::text AS id FROM user_groups WHERE user_id = $1", UUID(user_id))
    assert [row["id"] for row in rows] == [second]
    refused = await patch(admin, user_id, 3, role="customer")
    assert (refused.status_code, refused.json()["code"]) == (409, "user.customer_in_group")
    expect(await patch(admin, user_id, 3, role="customer", group_ids=None))
    types = ["UserRegistered", "UserChanged", "UserRoleChanged", "UserChanged", "UserChanged", "UserRoleChanged"]
    assert await event_types(pool, user_id) == types


async def test_who_may_change_whom(admin: Someone, agent: Someone, customer: Someone, member: Member) -> None:
    other_agent, other_customer = await member("agent"), await member()
    for someone, user_id, changes, status in (
        (agent, other_customer.id, {"name": "Corrected"}, 200),
        (agent, other_customer.id, {"role": "agent"}, 403),
        (agent, other_customer.id, {"password": PASSWORD}, 403),
        (agent, other_agent.id, {"name": "Colleague"}, 403),
        (customer, other_customer.id, {"name": "Mine"}, 403),
        (customer, uuid7(), {"name": "Mine"}, 403),
        (customer, customer.id, {"role": "admin"}, 403),
        (customer, customer.id, {"name": "Myself", "locale": "de"}, 200),
        (admin, admin.id, {"role": "agent"}, 409),
        (admin, admin.id, {"active": False}, 409),
        (admin, uuid7(), {"name": "Nobody"}, 404),
    ):
        answer = await patch(someone, user_id, 1, **changes)
        assert answer.status_code == status, (someone.user.role, changes, answer.text)


async def test_a_deactivated_user_is_out_at_once_and_may_come_back(admin: Someone, door: Door, member: Member) -> None:
    user = await member()
    sessions = [await door.sign_in(user.email) for _ in range(2)]
    expect(await patch(admin, user.id, 1, active=False))
    assert [(await door.sessions(one)).status_code for one in sessions] == [401, 401]
    expect(await patch(admin, user.id, 2, active=True))
    assert [(await door.sessions(one)).status_code for one in sessions] == [401, 401]
    assert (await door.sessions(await door.sign_in(user.email))).status_code == 200


async def test_a_new_password_ends_what_the_old_one_opened(
    admin: Someone, door: Door, member: Member, pool: Pool
) -> None:
    user = await member()
    before = await door.sign_in(user.email)
    expect(await patch(admin, user.id, 1, password="a different battery"))
    assert (await door.sessions(before)).status_code == 401
    refused = await door.client.post("/v1/sessions", json={"email": user.email, "password": PASSWORD})
    assert refused.status_code == 401
    await door.sign_in(user.email, "a different battery")
    assert (await event_types(pool, str(user.id)))[-1] == "UserPasswordChanged"


async def test_null_clears_only_what_may_be_empty(admin: Someone) -> None:
    user_id = expect(await create(admin, locale="de"), 201)["id"]
    refused = await patch(admin, user_id, 1, name=None)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "value.null")
    assert expect(await patch(admin, user_id, 1, locale=None))["version"] == 2


async def test_a_repeated_creation_is_done_once(admin: Someone, pool: Pool) -> None:
    body, headers = person(), {"Idempotency-Key": str(uuid7())}
    first, again = [await admin.client.post("/v1/users", json=body, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert await pool.fetchval("SELECT count(*) FROM users WHERE email = $1", body["email"]) == 1
