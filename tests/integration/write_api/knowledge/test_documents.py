from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.knowledge.desk import draft, patch, step, write
from tests.integration.write_api.rows import event_data, one_row
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"

TEXT = {"title": "Printers", "body": "Off and on.", "locale": "en"}


async def slug_of(pool: Pool, document_id: str) -> str:
    slug: str = await pool.fetchval("SELECT slug FROM documents WHERE id = $1", UUID(document_id))
    return slug


async def test_a_slug_is_made_from_the_title_and_numbered_where_taken(agent: Someone, pool: Pool) -> None:
    word = f"zebra{uuid7().hex}"
    ids = [await draft(agent, title=f"Über {word}!") for _ in range(3)]
    assert [await slug_of(pool, each) for each in ids] == [f"uber-{word}", f"uber-{word}-2", f"uber-{word}-3"]
    created = await event_data(pool, ids[1], "DocumentCreated")
    assert created["slug"] == f"uber-{word}-2"


async def test_titles_at_the_same_time_get_a_slug_each(agent: Someone, pool: Pool) -> None:
    word = f"zebra{uuid7().hex}"
    ids = await asyncio.gather(*(draft(agent, title=word) for _ in range(12)))
    slugs = {await slug_of(pool, each) for each in ids}
    assert slugs == {word, *(f"{word}-{number}" for number in range(2, 13))}


async def test_a_title_without_latin_letters_has_a_slug_too(agent: Someone, pool: Pool) -> None:
    assert (await slug_of(pool, await draft(agent, title="プリンター"))).startswith("document-")


async def test_a_slug_that_was_asked_for_is_refused_where_taken(agent: Someone) -> None:
    slug = f"wanted-{uuid7().hex}"
    await draft(agent, slug=slug)
    other = await draft(agent)
    again = await agent.client.post("/v1/documents", json={**TEXT, "slug": slug})
    for answer in (again, await patch(agent, other, 1, slug=slug)):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "slug.taken")
        assert problem["errors"][0]["pointer"] == "/slug"


async def test_metadata_is_changed_by_merge_patch(agent: Someone, pool: Pool) -> None:
    category = expect(await agent.client.post("/v1/categories", json={"names": {"en": "Hardware"}}), 201)["id"]
    document_id = await draft(agent, tags=["Printer"])
    body = expect(await patch(agent, document_id, 1, category_id=category, visibility="agents", tags=["a", "A", "b"]))
    assert body["version"] == 2
    sql = "SELECT category_id::text, visibility, tags FROM documents WHERE id = $1"
    row = await one_row(pool, sql, UUID(document_id))
    assert tuple(row.values()) == (category, "agents", ["a", "b"])
    expect(await patch(agent, document_id, 2, category_id=None, tags=None))
    row = await one_row(pool, sql, UUID(document_id))
    assert tuple(row.values()) == (None, "agents", [])
    assert expect(await patch(agent, document_id, 3, visibility="agents"))["version"] == 3


@pytest.mark.parametrize(
    ("fields", "status", "code", "pointer"),
    [
        ({"title": " "}, 422, "text.blank", "/title"),
        ({"title": "x" * 256}, 422, "value.too_long", "/title"),
        ({"body": "x" * 500_001}, 422, "value.too_long", "/body"),
        ({"locale": "klingon!"}, 422, "locale.invalid", "/locale"),
        ({"slug": "Not A Slug"}, 422, "slug.invalid", "/slug"),
        ({"slug": UNKNOWN_ID}, 422, "slug.invalid", "/slug"),
        ({"category_id": UNKNOWN_ID}, 422, "reference.unknown", "/category_id"),
        ({"visibility": "nobody"}, 422, "value.not_allowed", "/visibility"),
        ({"tags": ["x" * 65]}, 422, "text.too_long", "/tags/0"),
        ({"status": "published"}, 422, "field.unknown", "/status"),
        ({"author_id": UNKNOWN_ID}, 422, "field.unknown", "/author_id"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_place(
    agent: Someone, fields: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    answer = await agent.client.post("/v1/documents", json={**TEXT, **fields})
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (status, code, pointer)


async def test_documents_are_written_by_agents(
    agent: Someone, admin: Someone, customer: Someone, anonymous: httpx.AsyncClient
) -> None:
    assert (await admin.client.post("/v1/documents", json=TEXT)).status_code == 201
    document_id = await draft(agent)
    for answer in (
        await customer.client.post("/v1/documents", json=TEXT),
        await write(customer, document_id, 1),
        await patch(customer, document_id, 1, tags=["mine"]),
        *[
            await step(customer, document_id, name, 1)
            for name in ("submit", "approve", "reject", "publish", "unpublish", "archive", "restore")
        ],
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "document.forbidden")
    assert (await anonymous.post("/v1/documents", json=TEXT)).status_code == 401


async def test_a_document_that_is_not_there_is_not_found(agent: Someone) -> None:
    for answer in (await write(agent, uuid7(), 1), await patch(agent, uuid7(), 1), await step(agent, "x", "submit", 1)):
        assert answer.status_code == 404


async def test_of_many_drafts_on_one_version_one_wins(agent: Someone, pool: Pool) -> None:
    document_id = await draft(agent)
    answers = await asyncio.gather(*(write(agent, document_id, 1, body=f"Text {n}") for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    count = await pool.fetchval("SELECT count(*) FROM document_revisions WHERE document_id = $1", UUID(document_id))
    assert count == 2
