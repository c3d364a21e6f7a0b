"""Documents for the agents of some groups."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from domain.identity.group import Group
from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import SignIn, Someone
from tests.integration.write_api.knowledge.desk import draft, patch, step, write
from tests.support.desk import expect, problem
from write_api.persistence.unit_of_work import Pool

TEXT = {"title": "For us", "body": "Between us.", "locale": "en"}
STEPS = ("submit", "approve", "reject", "publish", "unpublish", "archive", "restore")


@pytest_asyncio.fixture(scope="module")
async def member(sign_in: SignIn, group: Group) -> Someone:
    return await sign_in("agent", group_ids=[group.id])


async def shown_to(pool: Pool, document_id: str) -> tuple[str, list[str]]:
    row = await pool.fetchrow(
        "SELECT visibility,"
        " ARRAY(SELECT group_id::text FROM document_groups WHERE document_id = id ORDER BY 1) AS groups"
        " FROM documents WHERE id = $1",
        UUID(document_id),
    )
    assert row is not None
    return row["visibility"], row["groups"]


async def test_agents_of_other_groups_do_not_find_it_for_any_command(
    member: Someone, agent: Someone, admin: Someone, group: Group
) -> None:
    document_id = await draft(member, visibility="groups", group_ids=[str(group.id)])
    answers = [await write(agent, document_id, 1), await patch(agent, document_id, 1, tags=["x"])]
    answers += [await step(agent, document_id, name, 1) for name in STEPS]
    for answer in answers:
        problem(answer, 404, "document.not_found")
    expect(await step(member, document_id, "submit", 1))
    expect(await step(admin, document_id, "approve", 2))
    expect(await step(member, document_id, "publish", 3))


async def test_its_groups_change_with_it(
    admin: Someone, member: Someone, group: Group, elsewhere: Group, pool: Pool
) -> None:
    both = sorted([str(group.id), str(elsewhere.id)])
    document_id = await draft(admin, visibility="groups", group_ids=[*both, both[0]])
    assert await shown_to(pool, document_id) == ("groups", both)
    expect(await patch(admin, document_id, 1, group_ids=[str(elsewhere.id)]))
    assert await shown_to(pool, document_id) == ("groups", [str(elsewhere.id)])
    problem(await patch(member, document_id, 2, tags=["x"]), 404, "document.not_found")
    # A new text leaves them as they are.
    expect(await write(admin, document_id, 2))
    assert await shown_to(pool, document_id) == ("groups", [str(elsewhere.id)])
    expect(await patch(admin, document_id, 3, visibility="agents"))
    assert await shown_to(pool, document_id) == ("agents", [])
    expect(await patch(member, document_id, 4, visibility="groups", group_ids=[str(group.id)]))
    assert await shown_to(pool, document_id) == ("groups", [str(group.id)])


async def test_nobody_hides_a_document_from_themselves(
    member: Someone, agent: Someone, admin: Someone, group: Group, elsewhere: Group
) -> None:
    hidden: dict[str, Any] = {"visibility": "groups", "group_ids": [str(elsewhere.id)]}
    document_id = await draft(member)
    for answer in (
        await member.client.post("/v1/documents", json={**TEXT, **hidden}),
        await patch(member, document_id, 1, **hidden),
    ):
        refusal = problem(answer, 403, "document.hidden_from_oneself")
        assert refusal["errors"][0]["pointer"] == "/group_ids"
    both = [str(group.id), str(elsewhere.id)]
    expect(await patch(member, document_id, 1, visibility="groups", group_ids=both))
    expect(await patch(admin, document_id, 2, group_ids=[str(elsewhere.id)]))


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"visibility": "groups"}, "document.groups_invalid", "/group_ids"),
        ({"visibility": "groups", "group_ids": []}, "document.groups_invalid", "/group_ids"),
        ({"visibility": "groups", "group_ids": ["x"]}, "value.wrong_type", "/group_ids/0"),
        ({"visibility": "groups", "group_ids": [str(uuid7())]}, "reference.unknown", "/group_ids"),
        ({"group_ids": [str(uuid7())]}, "document.groups_invalid", "/group_ids"),
        ({"visibility": "customers", "group_ids": [str(uuid7())]}, "document.groups_invalid", "/group_ids"),
    ],
)
async def test_groups_that_cannot_be_are_refused(
    admin: Someone, fields: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await admin.client.post("/v1/documents", json={**TEXT, **fields})
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (422, code, pointer)
