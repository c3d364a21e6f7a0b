from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from domain.shared.clock import FixedClock
from domain.shared.ids import uuid7
from runtime.redaction import REDACTED, without_secrets
from runtime.settings import Settings
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member
from tests.integration.write_api.rows import event_types
from tests.support.asgi import client_for, running
from tests.support.eventually import eventually
from write_api.bootstrap import create_app
from write_api.persistence.unit_of_work import Pool

PAGES_URL = "https://desk.example.com"
NEW_PASSWORD = "an otter reads the paper"


@dataclass(frozen=True)
class Desk(Door):
    mails: Path

    async def ask(self, email: str) -> httpx.Response:
        return await self.client.post("/v1/password-resets", json={"email": email})

    async def token_for(self, email: str) -> str:
        """Of a new mail to this address."""
        known = set(await self.mails_to(email))
        assert (await self.ask(email)).status_code == 202

        async def new() -> set[str]:
            return set(await self.mails_to(email)) - known

        [text] = await eventually(new)
        found = re.search(rf"{PAGES_URL}/reset-password#token=(\S+)", text)
        assert found is not None
        return found[1]

    async def reset(self, token: str, password: str = NEW_PASSWORD) -> httpx.Response:
        return await self.client.post(f"/v1/password-resets/{token}", json={"password": password})

    async def mails_to(self, email: str) -> list[str]:
        texts = [path.read_text() for path in self.mails.glob("*.eml")]
        return [text for text in texts if f"To: {email}\n" in text]


@pytest_asyncio.fixture
async def desk(settings: Settings, tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FixedClock(datetime.now(timezone.utc))
    changes = {
        **{"rate_limit_enabled": False, "bcrypt_rounds": 4},
        **{"mail_folder": str(tmp_path / "mails"), "pages_url": PAGES_URL},
    }
    async with running(create_app(settings.copy(update=changes), clock)) as app, client_for(app) as client:
        yield Desk(client, clock, tmp_path / "mails")


async def test_a_link_sets_a_new_password_once(desk: Desk, member: Member) -> None:
    user = await member()
    token = await desk.token_for(user.email)
    assert (await desk.reset(token)).status_code == 204
    await desk.sign_in(user.email, NEW_PASSWORD)
    old = await desk.client.post("/v1/sessions", json={"email": user.email, "password": PASSWORD})
    assert old.status_code == 401
    again = await desk.reset(token, "yet another good one")
    assert (again.status_code, again.json()["code"]) == (404, "password_reset.not_found")


async def test_a_reset_ends_all_sessions_and_other_links(desk: Desk, member: Member, pool: Pool) -> None:
    user = await member()
    signed_in = await desk.sign_in(user.email)
    first, second = await desk.token_for(user.email), await desk.token_for(user.email)
    assert (await desk.reset(second)).status_code == 204
    assert (await desk.sessions(signed_in)).status_code == 401
    assert (await desk.refresh(signed_in["refresh_token"])).status_code == 401
    assert (await desk.reset(first)).status_code == 404
    assert "PasswordChanged" in " ".join(await event_types(pool, str(user.id)))


async def test_of_many_who_use_a_link_at_once_one_succeeds(desk: Desk, member: Member) -> None:
    user = await member()
    token = await desk.token_for(user.email)
    tries = [f"a heron in the garden {number}" for number in range(8)]
    statuses = [answer.status_code for answer in await asyncio.gather(*(desk.reset(token, said) for said in tries))]
    assert sorted(statuses) == [204] + [404] * 7
    await desk.sign_in(user.email, tries[statuses.index(204)])


async def test_a_link_works_for_half_an_hour_only(desk: Desk, member: Member, settings: Settings) -> None:
    user = await member()
    token = await desk.token_for(user.email)
    desk.clock.advance(timedelta(seconds=settings.password_reset_ttl_s + 1))
    assert (await desk.reset(token)).status_code == 404


async def test_a_weak_password_leaves_the_link_usable(desk: Desk, member: Member) -> None:
    user = await member()
    token = await desk.token_for(user.email)
    for weak in ("sunshine 20262026", user.email):
        refused = await desk.reset(token, weak)
        assert (refused.status_code, refused.json()["code"]) == (422, "password.too_common")
    assert (await desk.reset(token)).status_code == 204


async def test_the_answer_does_not_tell_who_exists(desk: Desk, member: Member, admin: Someone) -> None:
    user, gone = await member(), await member()
    url, if_match = f"/v1/users/{gone.id}", {"If-Match": '"v1"'}
    assert (await admin.client.patch(url, json={"active": False}, headers=if_match)).status_code == 200
    answers = [
        await desk.ask(email) for email in (f"{uuid7()}@example.com", gone.email, "not an address", "", user.email)
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"expires_in":1800}')}

    async def written() -> list[Path]:
        return list(desk.mails.glob("*.eml"))

    # The one who exists was the last to ask, so nothing of the others is still to come.
    [mail] = await eventually(written)
    assert f"To: {user.email}" in mail.read_text()
    assert mail.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("token", ["x", "\U0001f512", "x" * 255, "0" * 32])
async def test_a_made_up_link_is_not_found(desk: Desk, token: str) -> None:
    assert (await desk.reset(token)).status_code == 404


async def test_nothing_stored_or_logged_sets_a_password(desk: Desk, member: Member, pool: Pool) -> None:
    token = await desk.token_for((await member()).email)
    assert token not in str(await pool.fetch("SELECT * FROM password_resets"))
    assert without_secrets(f"/v1/password-resets/{token}") == f"/v1/password-resets/{REDACTED}"


async def test_a_mailbox_is_not_filled(settings: Settings, member: Member, tmp_path: Path) -> None:
    user, other = await member(), await member()
    changes = {"namespace": f"t{uuid7().hex[-12:]}", "mail_folder": str(tmp_path)}
    async with running(create_app(settings.copy(update=changes))) as app, client_for(app) as client:
        for email in (*[user.email] * 5, other.email):
            assert (await client.post("/v1/password-resets", json={"email": email})).status_code == 202
    # Shutting down waits for what was asked.
    mails = [path.read_text() for path in tmp_path.glob("*.eml")]
    assert sorted(re.findall(r"To: (\S+)", " ".join(mails))) == sorted([user.email, other.email])
