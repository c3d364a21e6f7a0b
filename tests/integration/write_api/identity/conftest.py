from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.identity.user import User
from domain.shared.clock import FixedClock
from domain.shared.ids import uuid7
from runtime.credential_keys import CredentialKeys, digest_of
from runtime.settings import Settings
from tests.support.asgi import client_for, running
from tests.support.desk import expect
from write_api.bootstrap import create_app
from write_api.identity.passwords import PasswordHasher
from write_api.persistence.unit_of_work import UnitOfWorkFactory

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Door:
    """The API to who is not signed in yet, at a time that the test sets."""

    client: httpx.AsyncClient
    clock: FixedClock

    async def sign_in(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = await self.client.post("/v1/sessions", json={"email": email, "password": password})
        return expect(answer, 201)

    async def refresh(self, refresh_token: str) -> httpx.Response:
        return await self.client.post("/v1/sessions/refresh", json={"refresh_token": refresh_token})

    async def sessions(self, signed_in: dict[str, Any]) -> httpx.Response:
        return await self.client.get("/v1/sessions", headers=bearer(signed_in))

    async def end(self, session_id: str, signed_in: dict[str, Any]) -> httpx.Response:
        return await self.client.delete(f"/v1/sessions/{session_id}", headers=bearer(signed_in))


Member = Callable[..., Awaitable[User]]


def session_key(settings: Settings, signed_in: dict[str, Any]) -> str:
    """Where Redis says whether the session is live."""
    return CredentialKeys(settings.namespace).session(digest_of(signed_in["session_id"]))


def bearer(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['access_token']}"}


@pytest_asyncio.fixture
async def door(settings: Settings) -> AsyncIterator[Door]:
    clock = FixedClock(datetime.now(timezone.utc))
    unlimited = settings.copy(update={"rate_limit_enabled": False, "database_pool_max": 24})
    async with running(create_app(unlimited, clock)) as app, client_for(app) as client:
        yield Door(client, clock)


@pytest.fixture(scope="session")
def password_hash() -> str:
    hasher = PasswordHasher(rounds=4)
    try:
        return hasher.hash_now(PASSWORD)
    finally:
        hasher.close()


@pytest_asyncio.fixture(scope="session")
async def member(unit_of_work: UnitOfWorkFactory, password_hash: str) -> Member:
    """Stores somebody who may sign in with PASSWORD."""

    async def make(role: str = "customer") -> User:
        at = datetime.now(timezone.utc)
        user = User.register(name="A member", email=f"{uuid7()}@example.com", role=role, at=at)
        async with unit_of_work() as unit:
            await unit.users.add(user)
            await unit.users.set_password_hash(user.id, password_hash, at)
            await unit.commit()
        return user

    return make
