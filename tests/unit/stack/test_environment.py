from __future__ import annotations

import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.settings import Settings, read_settings
from stack.credentials import Credentials
from stack.environment import Environment
from stack.ports import Ports


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(
        ports=Ports(9000),
        database_url="postgresql://tidedesk_app@127.0.0.1:9010/tidedesk",
        migration_database_url="postgresql://tidedesk@127.0.0.1:9010/tidedesk",
        redis_url="redis://127.0.0.1:9011/0",
        elasticsearch_url="http://127.0.0.1:9012",
        credentials=Credentials.load_or_create(tmp_path / "credentials.json"),
        attachment_folder=tmp_path / "attachments",
        mail_folder=tmp_path / "mails",
    )


def test_credentials_are_made_once_and_are_private(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    first = Credentials.load_or_create(path)
    assert Credentials.load_or_create(path) == first
    assert first.token_secret != first.cursor_secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_data_folders_share_no_secret(tmp_path: Path) -> None:
    one, other = (Credentials.load_or_create(tmp_path / name) for name in ("one.json", "other.json"))
    assert not {one.token_secret, one.cursor_secret} & {other.token_secret, other.cursor_secret}


def test_the_settings_accept_it_even_in_production(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.for_process(9000).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TIDEDESK_ENVIRONMENT", "production")
    settings = Settings()
    assert settings.database_url == environment.database_url
    assert settings.public_url == "http://127.0.0.1:9000"


def test_with_a_broker_it_is_the_transport_and_without_it_is_left_to_the_caller(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEDESK_KAFKA_SERVERS", "elsewhere:9092")
    assert "TIDEDESK_TRANSPORT" not in environment.for_process()
    assert environment.for_process()["TIDEDESK_KAFKA_SERVERS"] == "elsewhere:9092"
    for name, value in replace(environment, kafka_server="127.0.0.1:9015").for_process().items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.transport, settings.kafka_servers) == ("kafka", ("127.0.0.1:9015",))


def test_mails_can_be_read_and_lead_to_the_pages(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = environment.for_process(9000)
    assert variables["TIDEDESK_PAGES_URL"] == "http://127.0.0.1:9002"
    assert variables["TIDEDESK_MAIL_FOLDER"] == str(environment.mail_folder)
    monkeypatch.setenv("TIDEDESK_MAIL_FOLDER", "/elsewhere")
    assert environment.for_process(9000)["TIDEDESK_MAIL_FOLDER"] == "/elsewhere"


def test_settings_of_the_caller_reach_the_processes(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_BCRYPT_ROUNDS", "5")
    monkeypatch.setenv("TIDEDESK_REDIS_URL", "redis://elsewhere:1/0")
    variables = environment.for_process()
    assert variables["TIDEDESK_BCRYPT_ROUNDS"] == "5"
    assert variables["TIDEDESK_REDIS_URL"] == environment.redis_url


def test_only_what_is_typed_beside_them_owns_the_tables(environment: Environment) -> None:
    assert environment.for_tools()["TIDEDESK_MIGRATION_DATABASE_URL"] == environment.migration_database_url
    assert environment.migration_database_url not in environment.for_process(9000).values()


def test_the_saved_file_is_private_and_a_shell_reads_it(environment: Environment, tmp_path: Path) -> None:
    path = tmp_path / "env"
    environment.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    script = f"set -a; . {path}; printenv TIDEDESK_TOKEN_SECRET"
    shown = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env={})
    assert shown.stdout.strip() == environment.credentials.token_secret


def test_the_entry_points_read_the_saved_file_but_a_given_value_wins(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.save(tmp_path / "env")
    monkeypatch.setenv("TIDEDESK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TIDEDESK_REDIS_URL", "redis://mine:1/0")
    settings = read_settings()
    assert settings.redis_url == "redis://mine:1/0"
    assert settings.database_url == environment.database_url
    assert settings.migration_database_url == environment.migration_database_url
    assert settings.token_secret.get_secret_value() == environment.credentials.token_secret


def test_every_process_finds_the_same_attachments(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEDESK_DATA_DIR", str(tmp_path))
    environment.save(tmp_path / "env")
    assert read_settings().attachment_folder == str(tmp_path / "attachments")
    bucket = {"S3_ENDPOINT": "https://s3.example.com", "S3_BUCKET": "files", "S3_KEY_ID": "k", "S3_SECRET": "hush"}
    with monkeypatch.context() as started:
        for name, value in bucket.items():
            started.setenv(f"TIDEDESK_{name}", value)
        environment.save(tmp_path / "env")
    settings = read_settings()
    assert (settings.s3_endpoint, settings.s3_bucket) == ("https://s3.example.com", "files")
    assert settings.s3_secret.get_secret_value() == "hush"


def test_who_names_another_database_does_not_migrate_the_saved_one(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.save(tmp_path / "env")
    monkeypatch.setenv("TIDEDESK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TIDEDESK_DATABASE_URL", "postgresql://elsewhere/desk")
    settings = read_settings()
    assert (settings.database_url, settings.migration_database_url) == ("postgresql://elsewhere/desk", "")


def test_without_a_saved_file_the_defaults_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_DATA_DIR", str(tmp_path))
    assert read_settings() == Settings()


def test_both_apis_let_the_pages_in(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_CORS_ORIGINS", "https://desk.example.com")
    allowed = environment.for_process(9000)["TIDEDESK_CORS_ORIGINS"].split(",")
    assert {"http://127.0.0.1:9002", "http://localhost:9002", "https://desk.example.com"} <= set(allowed)
    assert "TIDEDESK_CORS_ORIGINS" not in environment.for_tools()
