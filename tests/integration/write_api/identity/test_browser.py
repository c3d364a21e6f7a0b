"""A browser is signed in by cookies, and only our own pages act with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from runtime.cookies import ACCESS, CSRF, REFRESH
from runtime.credential_keys import ENDED
from runtime.settings import Settings
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member, session_key
from tests.support.desk import expect

ORIGIN = {"Origin": "http://127.0.0.1"}
TICKET = {"subject": "Printer", "body": "It prints stripes."}


class Browser:
    """Keeps cookies as a browser does, and sends them with everything. Nothing else of it is like one."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.cookies: dict[str, str] = {}
        self.attributes: dict[str, str] = {}

    async def send(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        answer = await self._client.request(method, path, json=json, headers={**sent, **said})
        for line in answer.headers.get_list("set-cookie"):
            pair, _, self.attributes[line.partition("=")[0]] = line.partition("; ")
            name, _, value = pair.partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in line:
                del self.cookies[name]
        self._client.cookies.clear()
        return answer

    async def sign_in(self, email: str, **headers: str) -> httpx.Response:
        body = {"email": email, "password": PASSWORD, "mode": "browser"}
        return await self.send("POST", "/v1/sessions", body, **{**ORIGIN, **headers})

    async def act(self, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        """As a script of our own pages does."""
        return await self.send(method, path, json, **{**ORIGIN, "X_CSRF_Token": self.cookies.get(CSRF, ""), **headers})


@pytest.fixture
def browser(door: Door) -> Browser:
    return Browser(door.client)


async def test_signing_in_gives_cookies_and_no_tokens(
    browser: Browser, door: Door, member: Member, settings: Settings
) -> None:
    answer = await browser.sign_in((await member()).email)
    body = expect(answer, 201)
    assert set(body) == {"token_type", "expires_in", "refresh_expires_in", "session_id", "csrf_token"}
    assert (body["token_type"], body["csrf_token"]) == ("Cookie", browser.cookies[CSRF])
    assert set(browser.cookies) == {ACCESS, REFRESH, CSRF}
    assert browser.attributes[ACCESS] == (
        f"Path=/; Max-Age={settings.access_token_ttl_s}; Secure; HttpOnly; SameSite=Lax"
    )
    assert "HttpOnly" in browser.attributes[REFRESH] and "HttpOnly" not in browser.attributes[CSRF]
    assert f"Max-Age={settings.session_idle_s};" in browser.attributes[REFRESH]
    listed = expect(await browser.send("GET", "/v1/sessions"))
    assert [item["id"] for item in listed["items"]] == [body["session_id"]]
    expect(await browser.act("POST", "/v1/tickets", TICKET), 201)


async def test_a_refresh_brings_new_cookies(browser: Browser, door: Door, member: Member) -> None:
    signed_in = expect(await browser.sign_in((await member()).email), 201)
    before = dict(browser.cookies)
    # By then the browser has let go of the access token.
    del browser.cookies[ACCESS]
    for body in (None, {}, {"audience": None}):
        refreshed = expect(await browser.act("POST", "/v1/sessions/refresh", body))
        assert refreshed["session_id"] == signed_in["session_id"]
        assert "refresh_token" not in refreshed
    assert browser.cookies[CSRF] == before[CSRF]
    assert browser.cookies[REFRESH] != before[REFRESH] and browser.cookies[ACCESS] != before[ACCESS]
    expect(await browser.act("POST", "/v1/tickets", TICKET), 201)


async def test_a_stolen_refresh_cookie_ends_the_session(browser: Browser, door: Door, member: Member) -> None:
    await browser.sign_in((await member()).email)
    thief = Browser(door.client)
    thief.cookies = dict(browser.cookies)
    expect(await browser.act("POST", "/v1/sessions/refresh"))
    assert (await thief.act("POST", "/v1/sessions/refresh")).status_code == 409
    assert set(thief.cookies) == {ACCESS, REFRESH, CSRF}
    door.clock.advance(timedelta(seconds=60))
    assert (await thief.act("POST", "/v1/sessions/refresh")).status_code == 401
    assert (await browser.act("POST", "/v1/sessions/refresh")).status_code == 401


async def test_signing_out_takes_the_cookies_away(
    browser: Browser, member: Member, redis: Redis, settings: Settings
) -> None:
    signed_in = expect(await browser.sign_in((await member()).email), 201)
    kept = dict(browser.cookies)
    assert (await browser.act("DELETE", "/v1/sessions/current")).status_code == 204
    assert browser.cookies == {}
    assert await redis.get(session_key(settings, signed_in)) == ENDED
    browser.cookies = kept
    assert (await browser.send("GET", "/v1/sessions")).status_code == 401
    assert (await browser.act("POST", "/v1/sessions/refresh")).status_code == 401


async def test_a_session_that_was_put_there_before_is_not_signed_in(
    browser: Browser, door: Door, member: Member
) -> None:
    attacker, victim = await member(), await member()
    await browser.sign_in(attacker.email)
    planted = dict(browser.cookies)
    for preset in (planted, {ACCESS: "a.b.c", REFRESH: "x", CSRF: "y"}):
        browser.cookies = dict(preset)
        signed_in = expect(await browser.sign_in(victim.email), 201)
        assert all(browser.cookies[name] != preset[name] for name in (ACCESS, REFRESH, CSRF))
        mine = expect(await browser.send("GET", "/v1/sessions"))
        assert signed_in["session_id"] in [item["id"] for item in mine["items"]]
    # What was planted is still the attacker's own, and no part of the new session.
    browser.cookies = planted
    theirs = expect(await browser.send("GET", "/v1/sessions"))
    assert signed_in["session_id"] not in [item["id"] for item in theirs["items"]]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
async def test_nobody_is_signed_in_by_another_site(browser: Browser, member: Member, headers: dict[str, str]) -> None:
    refused = await browser.sign_in((await member()).email, **headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf.origin_refused")
    assert browser.cookies == {}


FORGED: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://evil.example", "Content_Type": "application/x-www-form-urlencoded"},
    {"Origin": "https://evil.example", "Content_Type": "text/plain"},
    {**ORIGIN, "Sec_Fetch_Site": "cross-site"},
    ORIGIN,
    {**ORIGIN, "X_CSRF_Token": "guessed"},
]


@pytest.mark.parametrize("headers", FORGED)
async def test_nothing_is_done_for_another_site(browser: Browser, member: Member, headers: dict[str, str]) -> None:
    user = await member()
    await browser.sign_in(user.email)
    for method, path, json in (
        ("POST", "/v1/tickets", TICKET),
        ("POST", "/v1/sessions/refresh", None),
        ("DELETE", "/v1/sessions/current", None),
        ("DELETE", "/v1/sessions/others", None),
        ("POST", "/v1/users/me/password", {"current_password": PASSWORD, "password": "an otter reads the paper"}),
    ):
        answer = await browser.send(method, path, json, **headers)
        assert answer.status_code == 403, f"{method} {path}: {answer.text}"
        assert answer.json()["code"] in ("csrf.origin_refused", "csrf.token_wrong")
    assert len(expect(await browser.send("GET", "/v1/sessions"))["items"]) == 1


async def test_a_new_password_moves_the_browser_to_a_new_session(browser: Browser, member: Member) -> None:
    user = await member()
    before = expect(await browser.sign_in(user.email), 201)
    body = {"current_password": PASSWORD, "password": "an otter reads the paper"}
    after = expect(await browser.act("POST", "/v1/users/me/password", body))
    assert after["session_id"] != before["session_id"]
    assert "access_token" not in after
    expect(await browser.act("POST", "/v1/tickets", TICKET), 201)


async def test_who_sends_a_bearer_token_is_not_the_one_of_the_cookie(
    browser: Browser, door: Door, member: Member
) -> None:
    user, other = await member(), await member()
    await browser.sign_in(user.email)
    token = (await door.sign_in(other.email))["access_token"]
    shown = expect(await browser.send("GET", "/v1/sessions", Authorization=f"Bearer {token}"))
    assert len(shown["items"]) == 1 and shown["items"][0]["current"]
    gone = await browser.send("DELETE", "/v1/sessions/current", Authorization=f"Bearer {token}")
    assert gone.status_code == 204 and "set-cookie" not in gone.headers
    expect(await browser.send("GET", "/v1/sessions"))


async def test_without_any_refresh_token_nothing_is_refreshed(browser: Browser, door: Door) -> None:
    nothing: list[Any] = [None, {}]
    for body in nothing:
        answer = await browser.send("POST", "/v1/sessions/refresh", body)
        assert (answer.status_code, answer.json()["code"]) == (401, "session.refresh_refused")
