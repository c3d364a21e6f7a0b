from __future__ import annotations

import httpx
import pytest

from runtime.cookies import ACCESS, CSRF, REFRESH
from tests.unit.runtime.api import client_of, make_app, settings_of

PORTAL = "https://portal.example.com"
OWN = "https://desk.example.com"
COOKIE = {"Cookie": f"{ACCESS}=a.b.c; {CSRF}=t"}
SETTINGS = settings_of(public_url=OWN, cors_origins=[PORTAL], allowed_hosts=["testserver", "desk.example.com"])


async def poke(headers: dict[str, str], method: str = "POST", path: str = "/v1/things/poke") -> httpx.Response:
    async with client_of(make_app(SETTINGS)) as client:
        return await client.request(method, path, headers=headers)


@pytest.mark.parametrize("origin", [OWN, PORTAL, "https://testserver"])
async def test_our_own_pages_act_with_the_cookies_of_a_browser(origin: str) -> None:
    for site in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "same-site"}):
        answer = await poke({**COOKIE, "Origin": origin, **site})
        assert answer.json() == {"poked": "yes"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "https://desk.example.com.evil.example"},
        {"Origin": "https://sub.desk.example.com"},
        {"Origin": "https://desk.example.com:8443"},
        {"Origin": "http://desk.example.com"},
        {"Origin": f"{OWN}, https://evil.example"},
        {"Origin": OWN, "Sec-Fetch-Site": "cross-site"},
        {"Referer": f"{OWN}/page"},
    ],
)
async def test_a_page_of_somebody_else_does_not(headers: dict[str, str]) -> None:
    for cookie in (COOKIE, {"Cookie": f"{REFRESH}=x"}):
        answer = await poke({**cookie, **headers})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf.origin_refused")
        assert answer.json()["errors"][0]["header"] == "Origin"


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
async def test_a_form_of_another_site_is_refused_for_where_it_comes_from(content_type: str) -> None:
    headers = {**COOKIE, "Origin": "https://evil.example", "Content-Type": content_type}
    async with client_of(make_app(SETTINGS)) as client:
        answer = await client.post("/v1/things", headers=headers, content=b'{"name": "Lamp"}')
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf.origin_refused")


async def test_who_says_who_they_are_needs_no_origin() -> None:
    assert (await poke({**COOKIE, "Authorization": "Bearer a.b.c"})).status_code == 200
    assert (await poke({})).status_code == 200
    assert (await poke({"Cookie": "theme=dark", "Origin": "https://evil.example"})).status_code == 200


async def test_plain_questions_are_answered_wherever_they_come_from() -> None:
    answer = await poke({**COOKIE, "Origin": "https://evil.example"}, "GET", "/v1/things")
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


async def test_our_portal_may_read_what_it_asks_with_cookies() -> None:
    answer = await poke({**COOKIE, "Origin": PORTAL}, "GET", "/v1/things")
    assert answer.headers["access-control-allow-origin"] == PORTAL
    assert answer.headers["access-control-allow-credentials"] == "true"
    preflight = {"Origin": PORTAL, "Access-Control-Request-Method": "DELETE"}
    preflight["Access-Control-Request-Headers"] = "X-CSRF-Token"
    allowed = await poke(preflight, "OPTIONS")
    assert allowed.status_code == 200 and "X-CSRF-Token" in allowed.headers["access-control-allow-headers"]


async def test_a_cookie_that_signs_in_needs_its_token_beside_it() -> None:
    path = "/v1/things/01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11"
    headers = {**COOKIE, "Origin": OWN}
    refused = await poke(headers, "DELETE", path)
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf.token_wrong")
    taken = await poke({**headers, "X-CSRF-Token": "t"}, "DELETE", path)
    assert taken.json() == {"token": "a.b.c"}
