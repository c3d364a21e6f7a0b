"""Signing in at a real Keycloak, with the redirects and the form that a person would see."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from runtime.cookies import ACCESS, CSRF
from runtime.sso_providers import SsoProvider
from stack import servers
from stack.credentials import Credentials
from stack.errors import StackError
from stack.keycloak import Keycloak, KeycloakProcess
from stack.layout import Layout
from stack.messages import DEMO_PASSWORD
from stack.ports import Ports
from stack.processes import stop_together
from stack.progress import Silent
from tests.support.addresses import StoreAddresses
from tests.support.desk import Desk, expect, problem
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.people import People, hire, wait_until_known
from tests.support.served import serve
from tests.support.visitor import Visitor, asks_for_a_password, sign_in_at_keycloak
from tests.support.world import open_world
from write_api.persistence.unit_of_work import Pool


@dataclass
class House:
    keycloak: Keycloak
    write_url: str
    people: People
    desk: Desk
    http: httpx.AsyncClient
    pool: Pool
    browser: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Visitor(self.http)

    async def login_page(self) -> httpx.Response:
        return await self.browser.open(f"{self.write_url}/v1/sso/keycloak/login?return_to=/livez")

    async def come_in(self, name: str) -> httpx.Response:
        return await sign_in_at_keycloak(self.browser, await self.login_page(), name, DEMO_PASSWORD)

    async def me(self) -> dict[str, Any]:
        """What an admin sees of who the browser is signed in as; empty while nobody can see it."""
        (session,) = expect(await self.browser.ask("GET", f"{self.write_url}/v1/sessions"))["items"]
        user_id = await self.pool.fetchval("SELECT user_id::text FROM sessions WHERE id = $1::uuid", session["id"])
        users = expect(await self.people.admin.read.get("/v1/users", params={"limit": 100}))["items"]
        return next((dict(user) for user in users if user["id"] == user_id), {})


@pytest_asyncio.fixture(scope="module")
async def house(
    store_addresses: StoreAddresses, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    try:
        servers.fetch_keycloak(lambda _: None)
    except StackError as error:
        pytest.skip(f"needs Keycloak, which could not be fetched: {error}")
    base = free_port_base()
    layout = Layout.at(tmp_path_factory.mktemp("keycloak"))
    layout.create()
    credentials = Credentials(secrets.token_urlsafe(48), secrets.token_urlsafe(48))
    server = KeycloakProcess(layout, Ports(base), credentials, Silent())
    try:
        server.launch()
        server.wait()
        write_url = f"http://127.0.0.1:{base}"
        providers = (SsoProvider(**server.keycloak.provider()),)
        logs = tmp_path_factory.mktemp("sso-logs")
        async with (
            open_world(store_addresses, template, sso_providers=providers, public_url=write_url) as world,
            serve(world.settings, logs, base=base) as served,
            httpx.AsyncClient(timeout=30.0) as http,
        ):
            people = await hire(served.desk, world)
            await wait_until_known(people)
            expect(await people.admin.write.post("/v1/groups", json={"name": "Support"}), 201)
            yield House(server.keycloak, write_url, people, served.desk, http, world.pool)
    finally:
        stop_together([server.process])


@pytest.fixture(autouse=True)
def new_browser(house: House) -> None:
    house.browser = Visitor(house.http)


pytestmark = pytest.mark.timeout(300)


async def test_a_newcomer_comes_in_and_is_a_customer(house: House) -> None:
    page = await house.come_in("newcomer")
    assert (page.status_code, str(page.url)) == (200, f"{house.write_url}/livez")
    assert {ACCESS, CSRF} <= house.browser.cookies_of(house.write_url).keys()

    async def is_shown() -> bool:
        return (await house.me()).get("email") == "newcomer@example.com"

    await eventually(is_shown)
    assert (await house.me())["role"] == "customer"
    # Who is signed in at the provider is not asked again.
    assert (await house.login_page()).url.path == "/livez"


async def test_somebody_known_is_linked_and_gets_the_role_and_the_group(house: House) -> None:
    body = {"name": "Arne", "email": "agent@example.com", "role": "customer"}
    known = expect(await house.people.admin.write.post("/v1/users", json=body), 201)
    await house.come_in("agent")

    async def is_agent() -> bool:
        user = await house.me()
        return (user.get("id"), user.get("role")) == (known["id"], "agent")

    await eventually(is_agent)
    user = await house.me()
    assert [group["name"] for group in user["groups"]] == ["Support"]


async def test_an_address_that_nobody_verified_opens_nothing(house: House) -> None:
    problem(await house.come_in("unverified"), 403, "sso.email_not_verified")
    assert ACCESS not in house.browser.cookies_of(house.write_url)


async def test_signing_out_ends_the_session_at_the_provider(house: House) -> None:
    await house.come_in("customer")
    csrf = house.browser.cookies_of(house.write_url)[CSRF]
    headers = {"Origin": house.write_url, "X-CSRF-Token": csrf}
    address = f"{house.write_url}/v1/sso/logout"
    answer = await house.browser.ask("POST", address, json={"return_to": "/livez"}, headers=headers)
    assert str((await house.browser.open(expect(answer)["redirect_to"])).url) == f"{house.write_url}/livez"
    assert (await house.browser.ask("GET", f"{house.write_url}/v1/sessions")).status_code == 401
    # Now it asks for the password again.
    assert asks_for_a_password(await house.login_page())


async def test_new_keys_of_the_provider_are_found(house: House) -> None:
    assert (await house.come_in("customer")).url.path == "/livez"
    await rotate_keys(house.keycloak, house.http)

    async def lets_in() -> bool:
        house.browser = Visitor(house.http)
        page = await house.come_in("customer")
        assert page.status_code in (200, 502), page.text
        return page.url.path == "/livez"

    # It asks for keys it does not know at most every ten seconds.
    await eventually(lets_in, timeout_s=30, interval_s=1.0)


async def rotate_keys(keycloak: Keycloak, http: httpx.AsyncClient) -> None:
    form = {
        "client_id": "admin-cli",
        "grant_type": "password",
        "username": "admin",
        "password": keycloak.admin_password,
    }
    token = expect(await http.post(f"{keycloak.url}/realms/master/protocol/openid-connect/token", data=form))
    admin = {"Authorization": f"Bearer {token['access_token']}"}
    realm = expect(await http.get(f"{keycloak.url}/admin/realms/tidedesk", headers=admin))
    key = {
        "name": "rotated",
        "providerId": "rsa-generated",
        "providerType": "org.keycloak.keys.KeyProvider",
        "parentId": realm["id"],
        "config": {"priority": ["200"], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"]},
    }
    made = await http.post(f"{keycloak.url}/admin/realms/tidedesk/components", json=key, headers=admin)
    assert made.status_code == 201, made.text
