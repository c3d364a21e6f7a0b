"""Which addresses of a provider's document are used."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.sso_providers import SsoProvider
from write_api.identity.sso.endpoints import Endpoints, document_of

ISSUER = "https://login.example.com/realms/desk"
INSIDE = "http://keycloak:8080/realms/desk"
LOCAL = "http://localhost:8080/realms/desk"


def provider(**changes: Any) -> SsoProvider:
    return SsoProvider(**{"name": "desk", "issuer": ISSUER, "client_id": "desk", **changes})


def document(beginning: str = ISSUER, **changes: Any) -> dict[str, Any]:
    places = {
        "authorization_endpoint": f"{ISSUER}/auth",
        "end_session_endpoint": f"{ISSUER}/logout",
        "token_endpoint": f"{beginning}/token",
        "jwks_uri": f"{beginning}/certs",
    }
    return {**places, **changes}


def test_without_an_address_of_ours_all_are_as_the_document_says() -> None:
    found = Endpoints.named_in(document(token_endpoint="https://tokens.example.com/"), provider())
    assert found == Endpoints(f"{ISSUER}/auth", f"{ISSUER}/logout", "https://tokens.example.com/", f"{ISSUER}/certs")
    assert document_of(provider()) == f"{ISSUER}/.well-known/openid-configuration"


@pytest.mark.parametrize("beginning", [ISSUER, INSIDE])
def test_with_one_we_ask_there_and_browsers_see_the_issuer(beginning: str) -> None:
    """A provider may name its inner addresses itself, or know nothing of them."""
    config = provider(internal_url=INSIDE)
    found = Endpoints.named_in(document(beginning), config)
    assert found == Endpoints(f"{ISSUER}/auth", f"{ISSUER}/logout", f"{INSIDE}/token", f"{INSIDE}/certs")
    assert document_of(config) == f"{INSIDE}/.well-known/openid-configuration"


def test_an_issuer_may_end_with_a_slash() -> None:
    config = provider(issuer=f"{ISSUER}/", internal_url=INSIDE)
    found = Endpoints.named_in(document(), config)
    assert found is not None and found.token == f"{INSIDE}/token"
    assert document_of(provider(issuer=f"{ISSUER}/")) == f"{ISSUER}/.well-known/openid-configuration"


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "place",
    [
        None,
        7,
        "",
        ISSUER,
        f"{ISSUER}/",
        "https://evil.example.com/token",
        "https://login.example.com/token",
        "https://login.example.com/realms/desk.evil.example.com/token",
        "https://login.example.com/realms/desktop/token",
        "https://login.example.com:8443/realms/desk/token",
        "http://login.example.com/realms/desk/token",
        "http://keycloak:8080/realms/master/token",
        "http://keycloak:9000/realms/desk/token",
        "http://keycloak/realms/desk/token",
        "http://127.0.0.1:8011/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        f"{ISSUER}@evil.example.com/token",
        f"{ISSUER}/../master/token",
        f"{INSIDE}/../master/token",
        f"{ISSUER}/%2e%2e/master/token",
        f"{ISSUER}/token?next=..",
        f"{ISSUER}/token#part",
        f"{ISSUER}/\\evil.example.com",
        f"{ISSUER}/token\r\nHost: evil",
        f" {ISSUER}/token",
    ],
)
def test_with_one_nothing_else_is_asked(name: str, place: object) -> None:
    assert Endpoints.named_in({**document(), name: place}, provider(internal_url=INSIDE)) is None


@pytest.mark.parametrize("config", [provider(), provider(internal_url=INSIDE), provider(issuer=LOCAL)], ids=str)
@pytest.mark.parametrize(
    "place", [None, 7, f"{INSIDE}/auth", "http://login.example.com/auth", "https:///auth", "https://[", "javascript:1"]
)
def test_browsers_are_led_over_tls(config: SsoProvider, place: object) -> None:
    assert Endpoints.named_in(document(authorization_endpoint=place), config) is None
    found = Endpoints.named_in(document(LOCAL if config.is_plain else ISSUER, end_session_endpoint=place), config)
    assert found is not None and found.end_session is None


def test_on_this_very_machine_they_need_none() -> None:
    places = {"authorization_endpoint": f"{LOCAL}/auth", "end_session_endpoint": f"{LOCAL}/logout"}
    found = Endpoints.named_in(document(LOCAL, **places), provider(issuer=LOCAL, internal_url=INSIDE))
    assert found == Endpoints(f"{LOCAL}/auth", f"{LOCAL}/logout", f"{INSIDE}/token", f"{INSIDE}/certs")
    assert Endpoints.named_in(document(LOCAL, **places), provider(internal_url=INSIDE)) is None
