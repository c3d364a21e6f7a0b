"""What must not sign anybody in: forged tokens, answers used twice or by somebody else, providers that lie or hang."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from jose import jws
from starlette.responses import JSONResponse, PlainTextResponse, Response

from runtime.cookies import ACCESS
from tests.integration.write_api.identity.sso.conftest import Desk, OpenDesk, path_of
from tests.support.desk import problem
from tests.support.oidc import CLIENT_ID, Key, OidcProvider, Sign, signed
from write_api.identity.sso import provider as providers


def _part(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(provider: OidcProvider, claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none', 'kid': provider.keys[-1].id})}.{_part(claims)}."


def by_public_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    """An HMAC whose key everybody can read. Made by hand, as the library refuses to."""
    said = f"{_part({'alg': 'HS256', 'kid': provider.keys[-1].id})}.{_part(claims)}"
    proof = hmac.new(provider.keys[-1].public_pem.encode(), said.encode(), hashlib.sha256).digest()
    return f"{said}.{urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def by_another_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    token: str = jws.sign(claims, Key().pem, headers={"kid": provider.keys[-1].id}, algorithm="RS256")
    return token


def with_header(**header: Any) -> Sign:
    def sign(provider: OidcProvider, claims: dict[str, Any]) -> str:
        key = provider.keys[-1]
        token: str = jws.sign(claims, key.pem, headers={"kid": key.id, **header}, algorithm="RS256")
        return token

    return sign


def saying(text: str) -> Sign:
    return lambda _, __: text


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        by_public_key,
        by_another_key,
        with_header(kid="unknown"),
        with_header(kid=None),
        with_header(crit=["exp"]),
        saying(""),
        saying("a.b.c"),
        saying("[" * 50_000),
        saying(f"{'a' * 70_000}.b.c"),
    ],
    ids=["none", "public key", "other key", "kid", "no kid", "crit", "empty", "no token", "nesting", "long"],
)
async def test_a_token_that_is_not_the_providers_signs_nobody_in(
    desk: Desk, provider: OidcProvider, sign: Sign
) -> None:
    provider.sign = sign
    problem(await desk.come_in(), 502, "sso.provider_failed")
    assert ACCESS not in desk.browser.cookies


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.com"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"aud": None},
        {"exp": timedelta(hours=-1)},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": timedelta(hours=1)},
        {"iat": timedelta(hours=-2)},
        {"iat": None},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "\0"},
        {"sub": "x" * 256},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
async def test_a_token_that_says_something_else_signs_nobody_in(
    desk: Desk, provider: OidcProvider, claims: dict[str, Any]
) -> None:
    now = time.time()
    provider.claims = {
        name: int(now + value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in claims.items()
    }
    problem(await desk.come_in(), 502, "sso.provider_failed")
    assert ACCESS not in desk.browser.cookies


async def test_an_answer_is_good_once(desk: Desk) -> None:
    place = await desk.leave()
    answers = await asyncio.gather(*(desk.browser.send("GET", place) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [303, *[400] * 19]
    problem(await desk.browser.send("GET", place), 400, "sso.state_unknown")


async def test_an_answer_is_good_in_its_browser_only(desk: Desk) -> None:
    """Or somebody could be led to sign in as somebody else."""
    place = await desk.leave()
    problem(await desk.another_browser().send("GET", place), 400, "sso.state_unknown")
    # Who tried has used it up.
    problem(await desk.browser.send("GET", place), 400, "sso.state_unknown")


@pytest.mark.parametrize("query", ["", "code=x", "state=x", "code=x&state=x", "state=%00", f"state={'x' * 4_000}"])
async def test_an_answer_to_nothing_is_refused(desk: Desk, query: str) -> None:
    problem(await desk.browser.send("GET", f"/v1/sso/test/callback?{query}"), 400, "sso.state_unknown")


async def test_a_code_is_good_once(desk: Desk, provider: OidcProvider) -> None:
    place = await desk.leave()
    code = parse_qs(urlsplit(place).query)["code"][0]
    assert (await desk.browser.send("GET", place)).status_code == 303
    again = urlsplit(await desk.leave())
    state = parse_qs(again.query)["state"][0]
    stolen = await desk.browser.send("GET", f"{again.path}?state={state}&code={code}")
    problem(stolen, 403, "sso.refused_by_provider")


async def test_an_answer_of_another_issuer_is_refused(desk: Desk, provider: OidcProvider) -> None:
    place = (await desk.leave()).replace(quote(provider.issuer, safe=""), quote("https://evil.example.com", safe=""))
    problem(await desk.browser.send("GET", place), 502, "sso.provider_failed")


async def test_what_the_provider_refuses_is_said(desk: Desk) -> None:
    state = parse_qs(urlsplit(await desk.leave()).query)["state"][0]
    answer = await desk.browser.send("GET", f"/v1/sso/test/callback?state={state}&error=access_denied")
    assert "access_denied" in problem(answer, 403, "sso.refused_by_provider")["detail"]


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example.com",
        "/\\evil.example.com",
        "\\\\evil.example.com",
        "https://evil.example.com/",
        "https://desk.example.com.evil.org/",
        "https://desk.example.com@evil.org/",
        "https://evil.org/https://desk.example.com",
        "javascript:alert(1)",
        "tickets",
        "",
        "/\t/evil.example.com",
        "/%0d%0aSet-Cookie:x\r\nX: y",
        "http://desk.example.com/",
        "/" + "x" * 2_048,
    ],
)
async def test_nobody_is_led_elsewhere(desk: Desk, place: str) -> None:
    answer = await desk.browser.send("GET", f"/v1/sso/test/login?return_to={quote(place, safe='')}")
    assert answer.status_code == 422, answer.headers
    assert "Location" not in answer.headers


@pytest.mark.parametrize("place", ["/", "/tickets?status=open#top", "https://desk.example.com/tickets"])
async def test_own_pages_can_be_returned_to(desk: Desk, place: str) -> None:
    back = await desk.leave(quote(place, safe=""))
    assert (await desk.browser.send("GET", back)).headers["Location"] == place


async def test_a_key_that_is_new_is_found_and_one_that_is_gone_counts_no_more(
    desk: Desk, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await desk.come_in()).status_code == 303
    stolen = provider.keys[-1]
    provider.keys.append(Key())
    problem(await desk.come_in(), 502, "sso.provider_failed")
    # Whoever invents keys makes us ask no more often than that.
    assert provider.key_requests == 1
    monkeypatch.setattr(providers, "ASK_AGAIN_AFTER_S", 0.0)
    assert (await desk.come_in()).status_code == 303
    provider.keys.remove(stolen)
    monkeypatch.setattr(providers, "KEPT_FOR_S", 0.0)
    provider.sign = lambda _, claims: jws.sign(claims, stolen.pem, headers={"kid": stolen.id}, algorithm="RS256")
    problem(await desk.come_in(), 502, "sso.provider_failed")
    provider.sign = signed
    assert (await desk.come_in()).status_code == 303


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (lambda: PlainTextResponse("down", 503), 503, "sso.provider_unavailable"),
        (lambda: PlainTextResponse("<html>"), 502, "sso.provider_failed"),
        (lambda: JSONResponse([]), 502, "sso.provider_failed"),
        (lambda: JSONResponse({}), 502, "sso.provider_failed"),
        (lambda: JSONResponse({"error": "invalid_client"}, 401), 502, "sso.provider_failed"),
        (lambda: JSONResponse({"id_token": 1}), 502, "sso.provider_failed"),
        (lambda: PlainTextResponse("x" * 1_000_000), 502, "sso.provider_failed"),
        (lambda: Response(status_code=302, headers={"Location": "http://127.0.0.1:1/"}), 502, "sso.provider_failed"),
    ],
    ids=["down", "a page", "a list", "nothing", "wrong secret", "a number", "a megabyte", "a redirect"],
)
async def test_a_provider_that_answers_nonsense(
    desk: Desk, provider: OidcProvider, answer: Callable[[], Response], status: int, code: str
) -> None:
    provider.token_answer = answer
    assert problem(await desk.come_in(), status, code)["provider"] == "Testers"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example.com"},
        {"token_endpoint": "http://evil.example.com/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
async def test_a_document_that_leads_elsewhere_is_refused(
    desk: Desk, provider: OidcProvider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    problem(await desk.browser.send("GET", "/v1/sso/test/login"), 502, "sso.provider_failed")


async def test_a_provider_that_is_away_is_named(open_desk: OpenDesk) -> None:
    async with open_desk(issuer="http://127.0.0.1:1") as desk:
        answer = await desk.browser.send("GET", "/v1/sso/test/login")
        assert "Testers" in problem(answer, 503, "sso.provider_unavailable")["detail"]
        assert answer.headers["Retry-After"] == "5"
        problem(await desk.browser.send("GET", "/v1/sso/other/login"), 404, "sso.provider_not_found")


async def test_an_id_token_opens_neither_api(desk: Desk, provider: OidcProvider) -> None:
    made: list[str] = []

    def remembered(who: OidcProvider, claims: dict[str, Any]) -> str:
        made.append(signed(who, claims))
        return made[-1]

    provider.sign = remembered
    assert (await desk.come_in()).status_code == 303
    answer: httpx.Response = await desk.client.get("/v1/sessions", headers={"Authorization": f"Bearer {made[0]}"})
    problem(answer, 401, "token.invalid")


async def test_the_sign_in_of_another_provider_is_not_taken(open_desk: OpenDesk, desk: Desk) -> None:
    place = await desk.leave()
    async with open_desk(name="other") as another:
        another.browser.cookies = desk.browser.cookies
        problem(
            await another.browser.send("GET", path_of(place).replace("/test/", "/other/")), 400, "sso.state_unknown"
        )
