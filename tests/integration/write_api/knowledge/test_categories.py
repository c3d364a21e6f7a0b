from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.knowledge.category import MAX_DEPTH
from tests.integration.write_api.conftest import AT, Someone
from tests.integration.write_api.knowledge.desk import draft
from tests.integration.write_api.knowledge.desk import patch as patch_document
from tests.integration.write_api.rows import event_types, pending
from tests.support.desk import expect
from tests.support.eventually import eventually
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"

WAITING_FOR_THE_TREE = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
)
"""


async def new(someone: Someone, parent_id: str | None = None, **names: str) -> str:
    body = {"names": names or {"en": "Hardware"}, "parent_id": parent_id}
    category_id: str = expect(await someone.client.post("/v1/categories", json=body), 201)["id"]
    return category_id


async def patch(someone: Someone, category_id: object, version: int, **changes: Any) -> httpx.Response:
    headers = {"If-Match": f'"v{version}"'}
    return await someone.client.patch(f"/v1/categories/{category_id}", json=changes, headers=headers)


async def delete(someone: Someone, category_id: object, version: int) -> httpx.Response:
    return await someone.client.delete(f"/v1/categories/{category_id}", headers={"If-Match": f'"v{version}"'})


async def names(pool: Pool, category_id: str) -> dict[str, str]:
    rows = await pool.fetch("SELECT locale, name FROM category_names WHERE category_id = $1", UUID(category_id))
    return {row["locale"]: row["name"] for row in rows}


async def test_names_are_translated_and_merged(agent: Someone, pool: Pool) -> None:
    category_id = await new(agent, en="Hardware", de="Geräte")
    assert await names(pool, category_id) == {"en": "Hardware", "de": "Geräte"}
    expect(await patch(agent, category_id, 1, names={"de": None, "pt-br": "Equipamento", "en": "Devices"}))
    assert await names(pool, category_id) == {"en": "Devices", "pt-BR": "Equipamento"}
    nameless = await patch(agent, category_id, 2, names={"en": None, "pt-BR": None})
    assert (nameless.status_code, nameless.json()["errors"][0]["pointer"]) == (422, "/names")
    assert await event_types(pool, category_id) == ["CategoryCreated", "CategoryChanged"]
    assert await pending(pool, category_id) == [
        ("category", 1, "CategoryCreated"),
        ("category", 2, "CategoryChanged"),
    ]


async def test_a_category_is_not_placed_below_itself(agent: Someone) -> None:
    top = await new(agent)
    child = await new(agent, top)
    grandchild = await new(agent, child)
    for parent in (top, child, grandchild):
        refused = await patch(agent, top, 1, parent_id=parent)
        assert (refused.status_code, refused.json()["code"]) == (409, "category.cycle")
        assert refused.json()["errors"][0]["pointer"] == "/parent_id"
    expect(await patch(agent, grandchild, 1, parent_id=top))
    expect(await patch(agent, child, 1, parent_id=None))


async def test_two_moves_at_once_close_no_circle(agent: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory) -> None:
    first, second = await new(agent), await new(agent)

    async def somebody_waits() -> bool:
        waiting: bool = await pool.fetchval(WAITING_FOR_THE_TREE)
        return waiting

    async with unit_of_work() as unit:
        await unit.categories.lock_tree()
        category = await unit.categories.get(UUID(first))
        category.change({"parent_id": second}, at=AT, ancestor_ids=[UUID(second)])
        await unit.categories.save(category)
        other = asyncio.ensure_future(patch(agent, second, 1, parent_id=first))
        await eventually(somebody_waits)
        await unit.commit()
    refused = await other
    assert (refused.status_code, refused.json()["code"]) == (409, "category.cycle")


async def test_the_tree_has_a_depth_that_also_moves_keep_to(agent: Someone) -> None:
    line = [await new(agent)]
    while len(line) < MAX_DEPTH:
        line.append(await new(agent, line[-1]))
    deeper = await agent.client.post("/v1/categories", json={"names": {"en": "x"}, "parent_id": line[-1]})
    assert (deeper.status_code, deeper.json()["code"]) == (409, "category.too_deep")
    pair = await new(agent)
    await new(agent, pair)
    assert (await patch(agent, pair, 1, parent_id=line[-2])).status_code == 409
    expect(await patch(agent, pair, 1, parent_id=line[-3]))


async def test_only_an_empty_category_is_deleted(agent: Someone, pool: Pool) -> None:
    parent = await new(agent)
    child = await new(agent, parent)
    document_id = await draft(agent, category_id=child)
    for category_id in (parent, child):
        refused = await delete(agent, category_id, 1)
        assert (refused.status_code, refused.json()["code"]) == (409, "category.not_empty")
    expect(await patch_document(agent, document_id, 1, category_id=None))
    answer = await delete(agent, child, 1)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["consistency-token"]
    assert await names(pool, child) == {}
    assert (await pending(pool, child))[-1] == ("category", 2, "CategoryDeleted")
    assert (await delete(agent, child, 2)).status_code == 404
    assert (await delete(agent, parent, 1)).status_code == 204


async def test_a_change_builds_on_a_version(agent: Someone) -> None:
    category_id = await new(agent)
    url = f"/v1/categories/{category_id}"
    assert (await agent.client.patch(url, json={"position": 1})).status_code == 428
    assert (await agent.client.delete(url)).status_code == 428
    assert expect(await patch(agent, category_id, 1, position=1))["version"] == 2
    assert (await patch(agent, category_id, 1, position=2)).status_code == 412
    assert (await delete(agent, category_id, 1)).status_code == 412


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"names": {}}, "category.names_invalid", "/names"),
        ({"names": {"klingon!": "x"}}, "locale.invalid", "/names/klingon!"),
        ({"names": {"en": " "}}, "text.blank", "/names/en"),
        ({"names": {"en": 5}}, "value.wrong_type", "/names/en"),
        ({"names": {"en": "x"}, "parent_id": UNKNOWN_ID}, "reference.unknown", "/parent_id"),
        ({"names": {"en": "x"}, "position": -1}, "value.out_of_range", "/position"),
        ({"names": {"en": "x"}, "position": True}, "value.wrong_type", "/position"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_place(
    agent: Someone, body: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await agent.client.post("/v1/categories", json=body)
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (422, code, pointer)


async def test_categories_are_arranged_by_agents(
    agent: Someone, customer: Someone, anonymous: httpx.AsyncClient
) -> None:
    category_id = await new(agent)
    body = {"names": {"en": "Mine"}}
    for answer in (
        await customer.client.post("/v1/categories", json=body),
        await patch(customer, category_id, 1, **body),
        await delete(customer, category_id, 1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "category.forbidden")
    assert (await anonymous.post("/v1/categories", json=body)).status_code == 401
