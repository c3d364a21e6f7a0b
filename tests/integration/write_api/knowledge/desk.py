from __future__ import annotations

from typing import Any

import httpx

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from tests.support.desk import expect


async def draft(author: Someone, **fields: Any) -> str:
    body = {"title": f"Article {uuid7()}", "body": "Turn it *off* and on.", "locale": "en", **fields}
    document_id: str = expect(await author.client.post("/v1/documents", json=body), 201)["id"]
    return document_id


async def step(someone: Someone, document_id: object, name: str, version: int, **body: Any) -> httpx.Response:
    headers = {"If-Match": f'"v{version}"'}
    return await someone.client.post(f"/v1/documents/{document_id}/{name}", json=body, headers=headers)


async def write(someone: Someone, document_id: object, version: int, **fields: Any) -> httpx.Response:
    body = {"title": "A better title", "body": "Better.", **fields}
    headers = {"If-Match": f'"v{version}"'}
    return await someone.client.put(f"/v1/documents/{document_id}/draft", json=body, headers=headers)


async def patch(someone: Someone, document_id: object, version: int, **changes: Any) -> httpx.Response:
    headers = {"If-Match": f'"v{version}"'}
    return await someone.client.patch(f"/v1/documents/{document_id}", json=changes, headers=headers)


async def approved(author: Someone, reviewer: Someone, **fields: Any) -> str:
    """At version 3."""
    document_id = await draft(author, **fields)
    expect(await step(author, document_id, "submit", 1))
    expect(await step(reviewer, document_id, "approve", 2))
    return document_id


async def published(author: Someone, reviewer: Someone, **fields: Any) -> str:
    """At version 4."""
    document_id = await approved(author, reviewer, **fields)
    expect(await step(author, document_id, "publish", 3))
    return document_id
