"""The profile `sso`: what .env, Kong and Keycloak say of each other, and a sign-in at what Compose would start."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from runtime.cookies import ACCESS, CSRF
from runtime.settings import Settings
from runtime.sso_providers import SsoProvider
from stack.credentials import Credentials
from stack.keycloak import PROVIDER, REALM, REALM_FILE, Keycloak
from stack.ports import Ports
from stack.privileges import ServerUser
from tests.deploy.keycloak import HEALTH_PORT, ComposedKeycloak, running_keycloak
from tests.deploy.kong.gateway import resolve
from tests.deploy.stack import KEYCLOAK_PORT, Stack
from tests.deploy.through_kong import FORWARDED, FROM_HERE, ORIGIN, ThroughKong
from tests.support.compose import PROFILES, Container, containers, render
from tests.support.desk import expect
from tests.support.visitor import Visitor, asks_for_a_password, sign_in_at_keycloak

PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
LOGIN = f"{ORIGIN}/api/commands/v1/sso/{PROVIDER}/login?return_to=/api/commands/docs"

# Keycloak compiles itself before it starts.
pytestmark = pytest.mark.timeout(400)


def provider_of(services: dict[str, Container], monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, SsoProvider]:
    for variable, value in services["write_api"].environment.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    (provider,) = settings.sso_providers
    return settings, provider


def test_the_profile_alone_offers_nothing(services: dict[str, Container]) -> None:
    assert "keycloak" in services
    assert services["write_api"].environment["TIDEDESK_SSO_PROVIDERS"] == ""


def test_the_provider_is_the_container(sso_services: dict[str, Container], monkeypatch: pytest.MonkeyPatch) -> None:
    keycloak = sso_services["keycloak"]
    settings, provider = provider_of(sso_services, monkeypatch)
    assert settings.is_production and settings.public_url == keycloak.environment["KC_HOSTNAME"]
    assert provider.issuer == f"{settings.public_url}/realms/{REALM}"
    assert provider.internal_url == f"http://keycloak:{KEYCLOAK_PORT}/realms/{REALM}"
    assert provider.client_secret.get_secret_value() == keycloak.environment["REALM_CLIENT_SECRET"]
    assert keycloak.environment["REALM_CALLBACK"] == f"{settings.public_path}/v1/sso/{provider.name}/callback"
    assert set(keycloak.definition["networks"]) <= set(sso_services["write_api"].definition["networks"])


def test_it_is_the_one_of_the_stack_without_docker(sso_services: dict[str, Container], tmp_path: Path) -> None:
    embedded = Keycloak(tmp_path, Ports(), ServerUser.choose(), Credentials("t" * 48, "c" * 48)).provider()
    (composed,) = json.loads(sso_services["write_api"].environment["TIDEDESK_SSO_PROVIDERS"])
    differs = {"issuer", "internal_url", "client_secret"}
    assert {name: composed[name] for name in composed.keys() - differs} == {
        name: embedded[name] for name in embedded.keys() - differs
    }


def test_it_follows_the_address(sso_env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sso_env_file.with_name("elsewhere.env")
    address = "https://desk.example.com"
    path.write_text(
        sso_env_file.read_text().replace("TIDEDESK_PUBLIC_URL=http://localhost:8080", f"TIDEDESK_PUBLIC_URL={address}")
    )
    elsewhere = containers(render(path, PROFILES))
    settings, provider = provider_of(elsewhere, monkeypatch)
    assert settings.public_url == elsewhere["keycloak"].environment["KC_HOSTNAME"] == address
    assert provider.issuer == f"{address}/realms/{REALM}"


def test_only_kong_says_who_called(sso_services: dict[str, Container]) -> None:
    environment = sso_services["keycloak"].environment
    kong = sso_services["kong"].definition["networks"]["edge"]["ipv4_address"]
    assert environment["KC_PROXY_TRUSTED_ADDRESSES"] == kong and environment["KC_PROXY_HEADERS"] == "xforwarded"


def test_its_console_is_on_this_machine(sso_services: dict[str, Container]) -> None:
    keycloak = sso_services["keycloak"]
    (port,) = keycloak.definition["ports"]
    assert (port["host_ip"], port["target"]) == ("127.0.0.1", KEYCLOAK_PORT)
    assert keycloak.environment["KC_HOSTNAME_ADMIN"] == f"http://localhost:{port['published']}"
    assert f"/{HEALTH_PORT} " in " ".join(keycloak.healthcheck)


@pytest.mark.parametrize("missing", ["REALM_PASSWORD", "REALM_CLIENT_SECRET"])
def test_without_its_secrets_it_does_not_start(sso_services: dict[str, Container], missing: str) -> None:
    keycloak = sso_services["keycloak"]
    environment = {**keycloak.environment, missing: "", "PATH": "/usr/bin:/bin"}
    command = [word.replace("exec /opt/keycloak/bin/kc.sh", "exec echo") for word in keycloak.started_with]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=10)
    assert done.returncode != 0 and "make-env.sh --sso" in done.stderr and done.stdout == ""
    environment[missing] = "x"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=10)
    assert (done.returncode, done.stdout) == (0, "start --import-realm\n")


def test_the_realm_has_no_secret_of_its_own(sso_services: dict[str, Container]) -> None:
    keycloak = sso_services["keycloak"]
    text = REALM_FILE.read_text()
    realm = json.loads(text)
    assert set(PLACEHOLDER.findall(text)) == {name for name in keycloak.environment if name.startswith("REALM_")}
    (mounted,) = [volume for volume in keycloak.definition["volumes"] if volume["type"] == "bind"]
    assert Path(mounted["source"]) == REALM_FILE.parent and mounted["target"].endswith("/data/import")
    assert realm["realm"] == REALM and realm["sslRequired"] == "external" and realm["bruteForceProtected"]
    (client,), (admin,) = realm["clients"], realm["users"]
    assert PLACEHOLDER.fullmatch(client["secret"]) and not client["directAccessGrantsEnabled"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert [PLACEHOLDER.fullmatch(one["value"]) is not None for one in admin["credentials"]] == [True]


@pytest.mark.parametrize(
    "path",
    [
        f"/realms/{REALM}/protocol/openid-connect/auth",
        f"/realms/{REALM}/protocol/openid-connect/logout",
        f"/realms/{REALM}/login-actions/authenticate",
        "/resources/x/login/keycloak.v2/css/styles.css",
    ],
)
def test_kong_leads_a_sign_in_to_it(path: str) -> None:
    destination = resolve(path)
    assert (destination.address, destination.path) == (f"keycloak:{KEYCLOAK_PORT}", path)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/master/console/",
        f"/admin/{REALM}/console/",
        f"/admin/realms/{REALM}/users",
        "/realms/master/protocol/openid-connect/token",
        f"/realms/{REALM}/protocol/../../master/protocol/openid-connect/token",
        f"/realms/{REALM}/account/",
        f"/realms/{REALM}/clients-registrations/default",
        f"/realms/{REALM}",
        "/metrics",
        "/health",
    ],
)
def test_and_nothing_else(path: str) -> None:
    assert resolve(path).service == "frontend"


@pytest_asyncio.fixture(scope="module")
async def keycloak(stack: Stack) -> AsyncIterator[ComposedKeycloak]:
    ports = Ports(stack.ports["write_api"])
    container = stack.containers["keycloak"]
    async with running_keycloak(container, stack.layout, stack.ports["keycloak"], ports.kafka) as running:
        yield running


@pytest_asyncio.fixture
async def visitor(stack: Stack, keycloak: ComposedKeycloak) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(transport=ThroughKong(stack, FROM_HERE), timeout=30) as client:
        yield Visitor(client)


async def come_in(visitor: Visitor, keycloak: ComposedKeycloak) -> httpx.Response:
    page = await visitor.open(LOGIN)
    return await sign_in_at_keycloak(visitor, page, "admin", keycloak.environment["REALM_PASSWORD"])


async def test_a_person_signs_in_and_out_at_the_one_origin(visitor: Visitor, keycloak: ComposedKeycloak) -> None:
    (offered,) = expect(await visitor.ask("GET", f"{ORIGIN}/api/commands/v1/sso"))["items"]
    assert urlsplit(LOGIN).path == offered["login"]
    page = await come_in(visitor, keycloak)
    assert (page.status_code, str(page.url)) == (200, f"{ORIGIN}/api/commands/docs")
    cookies = visitor.cookies_of(ORIGIN)
    assert {ACCESS, CSRF} <= cookies.keys()
    # The realm gave the role.
    own = {"Origin": ORIGIN, "X-CSRF-Token": cookies[CSRF]}
    expect(await visitor.ask("POST", f"{ORIGIN}/api/commands/v1/groups", json={"name": "Pilots"}, headers=own), 201)
    logout = f"{ORIGIN}/api/commands/v1/sso/logout"
    left = await visitor.ask("POST", logout, json={"return_to": "/api/commands/docs"}, headers=own)
    assert str((await visitor.open(expect(left)["redirect_to"])).url) == f"{ORIGIN}/api/commands/docs"
    assert ACCESS not in visitor.cookies_of(ORIGIN)
    assert asks_for_a_password(await visitor.open(LOGIN))


async def test_whoever_comes_from_elsewhere_comes_by_tls(stack: Stack, keycloak: ComposedKeycloak) -> None:
    """Keycloak refuses a plain password of somebody whom Kong saw come from the internet."""
    async with httpx.AsyncClient(transport=ThroughKong(stack, FORWARDED), timeout=30) as client:
        page = await Visitor(client).open(LOGIN)
    assert page.status_code == 400 and "HTTPS required" in page.text and not asks_for_a_password(page)


async def test_the_document_names_the_origin_wherever_it_is_asked_for(keycloak: ComposedKeycloak) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{keycloak.port}") as client:
        document = expect(await client.get(f"/realms/{REALM}/.well-known/openid-configuration"))
    assert document["issuer"] == f"{ORIGIN}/realms/{REALM}"
    assert document["token_endpoint"].startswith(f"{document['issuer']}/")


async def test_the_console_asks_for_a_sign_in_at_the_origin(keycloak: ComposedKeycloak) -> None:
    """Of the realm's own people: the other realm is not reached there."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{keycloak.port}") as client:
        page = await client.get(f"/admin/{REALM}/console/")
    assert page.status_code == 200
    (text,) = re.findall(r'<script id="environment" type="application/json">(.*?)</script>', page.text, re.DOTALL)
    environment: dict[str, Any] = json.loads(text)
    assert environment["realm"] == REALM
    assert environment["serverBaseUrl"] == ORIGIN
    assert environment["adminBaseUrl"] == keycloak.environment["KC_HOSTNAME_ADMIN"]
