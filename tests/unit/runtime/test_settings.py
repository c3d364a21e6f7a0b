from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from runtime.settings import DEVELOPMENT_TOKEN_SECRET, Settings
from tests.unit.runtime.api import settings_of

OWN = {"token_secret": "t" * 32, "cursor_secret": "c" * 32}


def test_lists_come_comma_separated_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_ALLOWED_HOSTS", "Desk.example.com, [::1] ,")
    monkeypatch.setenv("TIDEDESK_CORS_ORIGINS", "https://portal.example.com")
    monkeypatch.setenv("TIDEDESK_TRUSTED_PROXIES", "10.0.0.7, fd00::1/8")
    settings = Settings()
    assert settings.allowed_hosts == ("desk.example.com", "[::1]")
    assert settings.cors_origins == ("https://portal.example.com",)
    assert settings.trusted_proxies == ("10.0.0.7/32", "fd00::/8")


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_TOKEN_SECRET", "short")
    monkeypatch.setenv("TIDEDESK_BCRYPT_ROUNDS", "99")
    monkeypatch.setenv("TIDEDESK_NAMESPACE", "Not-Allowed")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert {fault["loc"][0] for fault in refused.value.errors()} == {"token_secret", "bcrypt_rounds", "namespace"}


def test_production_refuses_each_public_secret() -> None:
    for name in OWN:
        own_but_one = {other: value for other, value in OWN.items() if other != name}
        with pytest.raises(ValidationError, match=name):
            settings_of(environment="production", **own_but_one)
    assert settings_of(environment="production", **OWN).is_production


def test_production_refuses_one_secret_for_two_purposes() -> None:
    with pytest.raises(ValidationError, match="must differ"):
        settings_of(environment="production", token_secret="x" * 40, cursor_secret="x" * 40)


def test_secrets_that_are_accepted_too_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_TOKEN_SECRETS_ACCEPTED", f"{'a' * 32}, {'b' * 40}")
    settings = Settings()
    assert [secret.get_secret_value() for secret in settings.token_secrets_accepted] == ["a" * 32, "b" * 40]
    assert settings.redacted()["token_secrets_accepted"] == ["********", "********"]
    for refused in (DEVELOPMENT_TOKEN_SECRET, OWN["cursor_secret"]):
        with pytest.raises(ValidationError, match="token_secrets_accepted"):
            settings_of(environment="production", **OWN, token_secrets_accepted=[refused])


@pytest.mark.parametrize(
    "changes",
    [
        {"token_secrets_accepted": ["short"]},
        {"cors_origins": ["*"]},
        {"cors_origins": ["https://a.example.com/path"]},
        {"allowed_hosts": []},
        {"trusted_proxies": ["*"]},
        {"trusted_proxies": ["0.0.0.0/0"]},
        {"trusted_proxies": ["::/0"]},
        {"trusted_proxies": ["kong"]},
        {"allowed_hosts": ["*.example.com"]},
        {"allowed_hosts": ["example.com:80"]},
        {"public_url": "https://desk.example.com/"},
        {"database_url": "mysql://x"},
        {"database_pool_min": 5, "database_pool_max": 4},
        {"body_limit_bytes": 0},
        {"attachment_folder": ""},
        {"s3_endpoint": "s3.example.com", "s3_bucket": "files", "s3_key_id": "k", "s3_secret": "s"},
        {"s3_endpoint": "https://s3.example.com", "s3_bucket": "files"},
        {"s3_bucket": "../files"},
        {"mail_server": "mail.example.com:587", "mail_from": "desk@example.com"},
        {"mail_server": "smtp://desk:hunter2@mail.example.com", "mail_from": "desk@example.com"},
        {"mail_server": "smtp://mail.example.com"},
        {"mail_username": "desk"},
        {"pages_url": "https://desk.example.com/"},
        {"unknown_setting": 1},
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**changes)


def test_redacted_shows_neither_secrets_nor_passwords() -> None:
    settings = settings_of(
        database_url="postgresql://desk:hunter2@db/desk",
        redis_url="redis://:hunter2@cache:6379/0",
        namespace="desk",
        s3_secret="hunter2",
    )
    shown = settings.redacted()
    text = json.dumps(shown)
    assert "hunter2" not in text and DEVELOPMENT_TOKEN_SECRET not in text
    assert shown["database_url"] == "postgresql://desk:********@db/desk"
    assert shown["namespace"] == "desk"
    assert set(shown) == set(Settings.__fields__)


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.__fields__.items() if not field.field_info.description] == []
