"""The query API takes API tokens by what Redis is told of them, and asks nobody else."""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from runtime.api_tokens import hash_of, new_api_token
from runtime.credential_keys import api_token_record
from runtime.scopes import DOCUMENTS, TICKETS, USERS, needed_scopes
from tests.integration.read_api.conftest import Library

Person = dict[str, Any]
RESOURCES = {
    "/v1/tickets": {TICKETS},
    "/v1/search/tickets?q=x": {TICKETS},
    "/v1/counts": {TICKETS},
    "/v1/ticket-fields": {TICKETS},
    "/v1/documents": {DOCUMENTS},
    "/v1/search/documents?q=x": {DOCUMENTS},
    "/v1/categories": {DOCUMENTS},
    "/v1/users": {USERS},
    "/v1/users/me": {USERS},
    "/v1/groups": {USERS},
    "/v1/organizations": {USERS},
    "/v1/search?q=x": {TICKETS, DOCUMENTS},
    "/v1/suggest?q=x": {TICKETS, DOCUMENTS},
    "/v1/freshness": set(),
}


class Issuer:
    """Tells Redis of tokens as the write side does."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.ids: dict[str, uuid.UUID] = {}

    async def issue(self, user: Person, *scopes: str, lifetime: timedelta = timedelta(days=1)) -> str:
        token, token_id = new_api_token(), uuid.uuid4()
        expires_at = datetime.now(timezone.utc) + lifetime
        record = api_token_record(token_id, uuid.UUID(user["id"]), scopes or ("read",), expires_at)
        await self._hash("HSET", token, record)
        self.ids[token] = token_id
        return token

    async def revoke(self, token: str) -> None:
        await self._hash("HDEL", token)

    async def _hash(self, command: str, token: str, *values: str) -> None:
        shelf = self.library.shelf
        key, digest = shelf.credentials.api_tokens, hash_of(token).hex()
        await shelf.redis.execute_command(command, key, digest, *values)  # type: ignore[no-untyped-call]

    async def get(self, token: str, path: str) -> Any:
        return await self.library.answer(None, path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def issuer(library: Library) -> Issuer:
    return Issuer(library)


async def test_a_token_sees_what_its_user_sees(
    library: Library, issuer: Issuer, agent: Person, customer: Person, other_customer: Person
) -> None:
    ticket = await library.shelf.ticket(customer, notes=("between us",))
    await library.shelf.refresh()
    for path in (f"/v1/tickets/{ticket['id']}", "/v1/tickets?limit=100"):
        for who in (agent, customer):
            by_token = await issuer.get(await issuer.issue(who), path)
            assert by_token.status_code == 200
            assert by_token.json() == (await library.answer(who, path)).json()
    refused = await issuer.get(await issuer.issue(other_customer), f"/v1/tickets/{ticket['id']}")
    assert refused.status_code == 404


@pytest.mark.parametrize(
    "scopes",
    [
        *(["read"], ["write"], ["tickets:read"], ["documents:read"], ["users:read"]),
        *(["tickets:read", "documents:read"], ["tickets:write"], ["documents:write", "users:read"]),
    ],
)
async def test_a_token_opens_what_its_scopes_say(issuer: Issuer, agent: Person, scopes: list[str]) -> None:
    token = await issuer.issue(agent, *scopes)
    for path, resources in RESOURCES.items():
        answer = await issuer.get(token, path)
        opened = "read" in scopes or all(f"{resource}:read" in scopes for resource in resources)
        if opened:
            assert answer.status_code == 200, f"{path}: {answer.text}"
        else:
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (403, "api_token.scope_missing"), path
            assert set(problem["missing_scopes"]) <= {f"{resource}:read" for resource in resources}


async def test_a_ticket_by_its_id_needs_its_scope_too(library: Library, issuer: Issuer, agent: Person) -> None:
    ticket = await library.shelf.ticket(agent)
    path = f"/v1/tickets/{ticket['id']}"
    right, wrong = await issuer.issue(agent, "tickets:read"), await issuer.issue(agent, "documents:read")
    # The second time the process knows whom it speaks for.
    for _ in range(2):
        assert (await issuer.get(right, path)).status_code == 200
        assert (await issuer.get(wrong, path)).status_code == 403


async def test_a_token_that_ended_is_refused_at_once(issuer: Issuer, agent: Person) -> None:
    token = await issuer.issue(agent)
    assert (await issuer.get(token, "/v1/tickets")).status_code == 200
    await issuer.revoke(token)
    for path in ("/v1/tickets", "/v1/documents"):
        refused = await issuer.get(token, path)
        assert (refused.status_code, refused.json()["code"]) == (401, "token.invalid")
    expired = await issuer.issue(agent, lifetime=timedelta(seconds=-1))
    assert (await issuer.get(expired, "/v1/tickets")).status_code == 401


async def test_a_token_of_somebody_who_left_opens_nothing(library: Library, issuer: Issuer) -> None:
    left = await library.shelf.user("agent", active=False)
    assert (await issuer.get(await issuer.issue(left), "/v1/tickets")).status_code == 401


@pytest.mark.parametrize("token", ["tdk_", "tdk_" + "x" * 43, "tdk_" + "x" * 5_000])
async def test_what_is_no_token_is_refused(issuer: Issuer, token: str) -> None:
    refused = await issuer.get(token, "/v1/tickets")
    assert (refused.status_code, refused.json()["code"]) == (401, "token.invalid")


async def test_a_redis_that_nobody_vouches_for_takes_no_token(own_library: Library) -> None:
    agent, issuer = await own_library.shelf.user("agent"), Issuer(own_library)
    token = await issuer.issue(agent)
    assert (await issuer.get(token, "/v1/tickets")).status_code == 200
    shelf = own_library.shelf
    for key, says_so in ((shelf.credentials.vouched_for, shelf.vouch), (shelf.access_keys.seal, shelf.seal)):
        await shelf.redis.set(key, "a server of yesterday")
        refused = await issuer.get(token, "/v1/tickets")
        assert (refused.status_code, refused.json()["store"]) == (503, "redis")
        await says_so()
        assert (await issuer.get(token, "/v1/tickets")).status_code == 200


async def test_its_requests_count_by_its_user_once_it_is_known(library: Library, issuer: Issuer) -> None:
    token = await issuer.issue(await library.shelf.user("agent"))
    policies = [(await issuer.get(token, "/v1/tickets")).headers["ratelimit-policy"] for _ in range(2)]
    assert policies[0].startswith('"anonymous"') and policies[1].startswith('"read"')
    unknown = [(await issuer.get(new_api_token(), "/v1/tickets")).headers["ratelimit-policy"] for _ in range(2)]
    assert all(policy.startswith('"anonymous"') for policy in unknown)


async def test_its_use_is_noted(library: Library, issuer: Issuer, agent: Person) -> None:
    token = await issuer.issue(agent)
    await issuer.get(token, "/v1/tickets")
    key, field = library.shelf.credentials.api_token_uses, str(issuer.ids[token])
    noted = await library.shelf.redis.execute_command("HGET", key, field)  # type: ignore[no-untyped-call]
    assert abs(int(noted) - time.time()) < 60


def test_every_route_that_is_asked_here_has_a_scope() -> None:
    for path, resources in RESOURCES.items():
        needed = needed_scopes(path.partition("?")[0], "GET")
        assert needed is not None and set(needed) == {f"{resource}:read" for resource in resources}
