"""A provider that we reach elsewhere than browsers do: behind a proxy, in a network of containers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse, Response

from runtime.cookies import ACCESS
from tests.integration.write_api.identity.sso.conftest import Desk, OpenDesk
from tests.support.desk import expect, problem
from tests.support.oidc import OidcProvider, oidc_provider
from write_api.persistence.unit_of_work import UnitOfWorkFactory

# Nothing answers there: whatever is asked of it fails.
ISSUER = "https://login.invalid/realms/desk"


@pytest_asyncio.fixture
async def desk(open_desk: OpenDesk, provider: OidcProvider) -> AsyncIterator[Desk]:
    provider.issuer = ISSUER
    async with open_desk(issuer=ISSUER, internal_url=provider.address) as opened:
        yield opened


@pytest_asyncio.fixture
async def stranger() -> AsyncIterator[OidcProvider]:
    async with oidc_provider() as opened:
        yield opened


async def test_a_person_comes_in_and_goes(desk: Desk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory) -> None:
    assert (await desk.come_in()).status_code == 303
    async with unit_of_work() as unit:
        assert await unit.identities.owner_of(ISSUER, provider.person["sub"]) is not None
    left = await desk.browser.act("POST", "/v1/sso/logout", {"return_to": "/bye"})
    assert expect(left)["redirect_to"].startswith(f"{ISSUER}/logout?")


async def test_the_provider_may_know_both_of_its_addresses(desk: Desk, provider: OidcProvider) -> None:
    provider.metadata = {"token_endpoint": f"{provider.address}/token", "jwks_uri": f"{provider.address}/keys"}
    assert (await desk.come_in()).status_code == 303
    assert provider.key_requests == 1


@pytest.mark.parametrize("named", ["its address", "https://evil.example.com", f"{ISSUER}/", None])
async def test_a_document_of_another_issuer_is_refused(desk: Desk, provider: OidcProvider, named: str | None) -> None:
    """Also one that is named after the place where it was asked for: a token of it would be one of that name."""
    provider.metadata = {"issuer": provider.address if named == "its address" else named}
    problem(await desk.browser.send("GET", "/v1/sso/test/login"), 502, "sso.provider_failed")


@pytest.mark.parametrize(("name", "path"), [("token_endpoint", "token"), ("jwks_uri", "keys")])
async def test_nobody_else_is_asked(
    desk: Desk, provider: OidcProvider, stranger: OidcProvider, name: str, path: str
) -> None:
    """Neither another server of the network, nor one beside the issuer."""
    asked: list[str] = []

    def answer() -> Response:
        asked.append("token")
        return JSONResponse({})

    stranger.token_answer = answer
    beside = ISSUER.replace("/realms/desk", "/realms/other")
    for place in (f"{stranger.address}/{path}", f"{beside}/{path}", f"{ISSUER}/../other/{path}"):
        provider.metadata = {name: place}
        problem(await desk.browser.send("GET", "/v1/sso/test/login"), 502, "sso.provider_failed")
    assert (asked, stranger.key_requests, provider.key_requests) == ([], 0, 0)


async def test_browsers_are_never_led_within(desk: Desk, provider: OidcProvider) -> None:
    provider.metadata = {"authorization_endpoint": f"{provider.address}/authorize"}
    problem(await desk.browser.send("GET", "/v1/sso/test/login"), 502, "sso.provider_failed")
    provider.metadata = {"end_session_endpoint": f"{provider.address}/logout"}
    assert (await desk.come_in()).status_code == 303
    left = await desk.browser.act("POST", "/v1/sso/logout", {"return_to": "/bye"})
    assert expect(left)["redirect_to"] is None


async def test_a_token_names_the_issuer_and_not_the_address(desk: Desk, provider: OidcProvider) -> None:
    provider.claims = {"iss": provider.address}
    problem(await desk.come_in(), 502, "sso.provider_failed")
    assert ACCESS not in desk.browser.cookies


async def test_an_answer_in_the_name_of_the_address_is_one_of_another_issuer(
    desk: Desk, provider: OidcProvider
) -> None:
    place = (await desk.leave()).replace(quote(ISSUER, safe=""), quote(provider.address, safe=""))
    assert urlsplit(place).query.endswith(quote(provider.address, safe=""))
    problem(await desk.browser.send("GET", place), 502, "sso.provider_failed")


async def test_one_that_is_away_is_named_and_the_issuer_is_not_asked_instead(
    open_desk: OpenDesk, provider: OidcProvider
) -> None:
    async with open_desk(issuer=provider.issuer, internal_url="http://127.0.0.1:1") as desk:
        problem(await desk.browser.send("GET", "/v1/sso/test/login"), 503, "sso.provider_unavailable")
