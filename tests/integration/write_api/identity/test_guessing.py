"""Guessers are held up, the person they guess about is not, and each try leaves a row."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.shared.ids import uuid7
from runtime.settings import Settings
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member
from tests.support.asgi import client_for, running
from write_api.bootstrap import create_app
from write_api.persistence.unit_of_work import Pool

TRIES = 5
NOWHERE = "redis://127.0.0.1:1/0"


class From:
    """The application as somebody at an address reaches it."""

    def __init__(self, app: ASGIApp, ip_address: str) -> None:
        self._app, self._client = app, (ip_address, 4711)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, "client": self._client}, receive, send)


class Gate:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def sign_in(self, email: str, password: str = "wrong horse battery", at: str = "192.0.2.1") -> httpx.Response:
        async with client_for(From(self._app, at)) as client:
            return await client.post("/v1/sessions", json={"email": email, "password": password})


OpenGate = Callable[..., AbstractAsyncContextManager[Gate]]


@pytest.fixture
def open_gate(settings: Settings) -> OpenGate:
    @asynccontextmanager
    async def gate(**changes: Any) -> AsyncIterator[Gate]:
        limits = {"rate_limit_login_per_minute": 10_000, "sign_in_tries_per_minute": TRIES, "bcrypt_rounds": 4}
        fresh = {"namespace": f"t{uuid7().hex[-12:]}", **limits, **changes}
        async with running(create_app(settings.copy(update=fresh))) as app:
            yield Gate(app)

    return gate


@pytest.mark.parametrize("redis", ["answers", "is away"])
async def test_guesses_at_one_account_end_whoever_makes_them(open_gate: OpenGate, member: Member, redis: str) -> None:
    user, other = await member(), await member()
    async with open_gate(**({} if redis == "answers" else {"redis_url": NOWHERE})) as gate:
        answers = [await gate.sign_in(user.email, at=f"198.51.100.{number}") for number in range(TRIES + 3)]
        assert [answer.status_code for answer in answers] == [401] * TRIES + [429] * 3
        assert answers[-1].json()["code"] == "session.too_many_tries"
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await gate.sign_in(other.email, PASSWORD)).status_code == 201


async def test_who_signed_in_from_here_before_is_not_held_up(open_gate: OpenGate, member: Member) -> None:
    user = await member()
    async with open_gate() as gate:
        assert (await gate.sign_in(user.email, PASSWORD, at="2001:db8:1:2::a")).status_code == 201
        while (await gate.sign_in(user.email, at="203.0.113.9")).status_code != 429:
            pass
        assert (await gate.sign_in(user.email, PASSWORD, at="203.0.113.9")).status_code == 429
        # The same house, another device.
        assert (await gate.sign_in(user.email, PASSWORD, at="2001:db8:1:2::b")).status_code == 201


async def test_a_known_network_may_not_guess_without_end_either(open_gate: OpenGate, member: Member) -> None:
    user = await member()
    async with open_gate() as gate:
        assert (await gate.sign_in(user.email, PASSWORD)).status_code == 201
        answers = [(await gate.sign_in(user.email)).status_code for _ in range(TRIES + 2)]
        assert answers[-1] == 429


async def test_spraying_over_accounts_and_addresses_ends(open_gate: OpenGate, member: Member) -> None:
    known = await member()
    async with open_gate(sign_in_strangers_per_minute=20) as gate:
        assert (await gate.sign_in(known.email, PASSWORD)).status_code == 201
        sprayed = [gate.sign_in(f"{uuid7()}@example.com", at=f"198.51.100.{number}") for number in range(40)]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*sprayed))
        assert statuses.count(401) in range(17, 22) and set(statuses) == {401, 429}
        assert (await gate.sign_in(known.email, PASSWORD)).status_code == 201


@pytest.mark.parametrize("attack", ["one account", "a thousand accounts"])
async def test_a_thousand_tries_let_everybody_else_in(open_gate: OpenGate, member: Member, attack: str) -> None:
    """From one address, and with the limits as they are by default."""
    victim, other = await member(), await member()
    defaults = {"rate_limit_login_per_minute": 60, "sign_in_tries_per_minute": 10}
    async with open_gate(**defaults) as gate:
        emails = [victim.email if attack == "one account" else f"{uuid7()}@example.com" for _ in range(1_000)]
        waiting, answers = emails.copy(), []

        async def guess() -> None:
            while waiting:
                answers.append(await gate.sign_in(waiting.pop(), at="203.0.113.66"))

        guessing = [asyncio.ensure_future(guess()) for _ in range(8)]
        # While it goes on, from elsewhere.
        assert (await gate.sign_in(other.email, PASSWORD, at="192.0.2.77")).status_code == 201
        await asyncio.gather(*guessing)
        refused = [answer for answer in answers if answer.status_code == 429]
        assert {answer.status_code for answer in answers} == {401, 429}
        assert len(refused) >= 850
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
        assert (await gate.sign_in(other.email, PASSWORD, at="192.0.2.77")).status_code == 201


async def test_nobody_is_held_up_like_somebody(open_gate: OpenGate, member: Member) -> None:
    user = await member()
    async with open_gate() as gate:
        answers = {
            email: [await gate.sign_in(email) for _ in range(TRIES + 1)] for email in (user.email, "ghost@example.com")
        }
        known, unknown = (
            [(answer.status_code, answer.json()["code"]) for answer in found] for found in answers.values()
        )
        assert known == unknown
        assert known[-1] == (429, "session.too_many_tries")


async def test_each_failure_leaves_a_row_without_what_was_typed(door: Door, member: Member, pool: Pool) -> None:
    user, nobody = await member(), f"{uuid7()}@example.com"
    for email, expected in ((user.email, "wrong_password"), (nobody, "unknown_account")):
        before = await _failures(pool)
        await door.client.post("/v1/sessions", json={"email": email, "password": "wrong horse battery"})
        [row] = [row for row in await _failures(pool) if row not in before]
        assert (row["reason"], row["user_id"]) == (expected, user.id if email == user.email else None)
        assert row["ip_address"] and row["request_id"]
        assert email not in str(row) and "wrong horse" not in str(row)
    await door.sign_in(user.email)
    assert all(row["user_id"] != user.id or row["reason"] == "wrong_password" for row in await _failures(pool))


async def _failures(pool: Pool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [dict(row) for row in await pool.fetch("SELECT * FROM sign_in_failures")]
    assert all(isinstance(row["id"], UUID) for row in rows)
    return rows
