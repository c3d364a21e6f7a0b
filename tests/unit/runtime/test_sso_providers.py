"""What the settings take as a provider of single sign-on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from runtime.settings import Settings
from runtime.sso_providers import SsoProvider
from tests.unit.runtime.api import settings_of

ISSUER = "https://login.example.com/realms/desk"
LOCAL = "http://localhost:8080/realms/desk"
OWN = {"token_secret": "t" * 32, "cursor_secret": "c" * 32}


def provider(**changes: Any) -> SsoProvider:
    return SsoProvider(**{"name": "desk", "issuer": ISSUER, "client_id": "desk", **changes})


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://login.internal.example.com/realms/desk",
        "http://keycloak:8080/realms/desk",
        "http://keycloak_1:8080",
        "http://127.0.0.1:8014/realms/desk",
        "http://localhost:8014",
        "http://[::1]:8014",
        "http://10.1.2.3/realms/desk",
        "http://172.30.213.9:8080",
        "http://[fd00::5]:8080/realms/desk",
    ],
)
def test_a_provider_may_be_reached_elsewhere(address: str) -> None:
    assert provider(internal_url=address).internal_url == address


@pytest.mark.parametrize(
    "address",
    [
        "keycloak:8080",
        "file:///etc/passwd",
        "http://login.example.com/realms/desk",
        "http://8.8.8.8",
        "http://134744072",
        "http://0x8080808",
        "http://127.1",
        "http://0.0.0.0",
        "http://169.254.169.254/latest",
        "http://[fe80::1]",
        "http://[2001:4860:4860::8888]",
        "http:///realms/desk",
        "https:///realms/desk",
        "http://user:password@keycloak:8080",
        "http://keycloak:8080/realms/desk/",
        "http://keycloak:8080/realms?desk",
        "http://keycloak:8080/realms#desk",
        "http://keycloak:8080/ realms",
    ],
)
def test_but_in_the_open_only_over_tls(address: str) -> None:
    with pytest.raises(ValidationError, match="internal_url"):
        provider(internal_url=address)


def test_it_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"name": "desk", "issuer": ISSUER, "client_id": "desk", "client_secret": "hunter2"}
    said["internal_url"] = "http://keycloak:8080/realms/desk"
    monkeypatch.setenv("TIDEDESK_SSO_PROVIDERS", json.dumps([said]))
    (known,) = Settings().sso_providers
    assert (known.issuer, known.internal_url) == (ISSUER, said["internal_url"])
    assert "hunter2" not in json.dumps(Settings().redacted())


@pytest.mark.parametrize(
    "public_url", ["http://localhost:8080", "http://127.0.0.1:8000", "http://[::1]", "https://localhost"]
)
def test_in_production_a_plain_issuer_is_for_who_works_on_this_machine(public_url: str) -> None:
    plain = provider(issuer=LOCAL, internal_url="http://keycloak:8080/realms/desk")
    settings = settings_of(environment="production", **OWN, public_url=public_url, sso_providers=[plain])
    assert settings.sso_providers == (plain,)


@pytest.mark.parametrize(
    "public_url",
    ["https://desk.example.com", "http://desk.example.com", "http://localhost.example.com", "http://10.0.0.7:8080"],
)
def test_others_would_be_led_to_their_own_machine(public_url: str) -> None:
    for more in ({}, {"internal_url": "https://login.example.com/realms/desk"}):
        plain = provider(issuer=LOCAL, **more)
        with pytest.raises(ValidationError, match="https:// for the issuers"):
            settings_of(environment="production", **OWN, public_url=public_url, sso_providers=[plain])


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_plain_issuer_in_the_open_is_refused_however_it_is_reached(environment: str) -> None:
    plain = provider(issuer="http://keycloak:8080/realms/desk", internal_url="http://keycloak:8080/realms/desk")
    with pytest.raises(ValidationError, match="on this very machine"):
        settings_of(environment=environment, **OWN, public_url="http://localhost:8080", sso_providers=[plain])
