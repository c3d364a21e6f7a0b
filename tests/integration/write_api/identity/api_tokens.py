"""API tokens as their users make and use them."""

from __future__ import annotations

from typing import Any

import httpx

from tests.integration.write_api.identity.conftest import Door, bearer
from tests.support.desk import expect

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"
TICKET = {"subject": "Printer", "body": "It prints stripes."}
Token = dict[str, Any]


async def make(door: Door, signed_in: dict[str, Any], *scopes: str, **fields: Any) -> Token:
    body = {"name": "Nightly report", "scopes": scopes or ("read", "write"), **fields}
    return expect(await door.client.post("/v1/api-tokens", json=body, headers=bearer(signed_in)), 201)


async def use(
    door: Door, token: Token, method: str = "POST", path: str = "/v1/tickets", json: Any = TICKET, **headers: str
) -> httpx.Response:
    sent = {"Authorization": f"Bearer {token['token']}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return await door.client.request(method, path, json=json, headers=sent)


async def listed(door: Door, signed_in: dict[str, Any], user_id: object = None) -> list[Token]:
    path = "/v1/api-tokens" if user_id is None else f"/v1/users/{user_id}/api-tokens"
    items: list[Token] = expect(await door.client.get(path, headers=bearer(signed_in)))["items"]
    return items
