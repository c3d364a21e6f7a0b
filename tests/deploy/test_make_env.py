"""The .env that docker-compose.yml reads."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from runtime.settings import MIN_SECRET_BYTES
from tests.support.compose import make_env


def values_of(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def test_secrets_are_long_and_nobody_elses(path: Path, tmp_path: Path) -> None:
    assert make_env(path).returncode == 0
    assert make_env(tmp_path / "other").returncode == 0
    one, other = values_of(path), values_of(tmp_path / "other")
    secrets = [name for name in one if name.endswith(("_SECRET", "_PASSWORD", "_PEPPER"))]
    assert len(secrets) == len({one[name] for name in secrets}) == 8
    assert all(len(one[name]) >= MIN_SECRET_BYTES and one[name].isalnum() for name in secrets)
    assert all(one[name] != other[name] for name in secrets)


def test_only_its_owner_reads_it(path: Path) -> None:
    make_env(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_call_keeps_what_is_there(path: Path) -> None:
    make_env(path)
    before = path.read_text()
    again = make_env(path)
    assert again.returncode == 1 and "already" in again.stderr
    assert path.read_text() == before


def test_single_sign_on_has_secrets_of_its_own(path: Path) -> None:
    assert make_env(path, "--sso").returncode == 0
    values = values_of(path)
    secrets = [value for name, value in values.items() if name.endswith(("_SECRET", "_PASSWORD", "_PEPPER"))]
    assert len(set(secrets)) == len(secrets) == 10
    assert all(len(value) >= MIN_SECRET_BYTES and value.isalnum() for value in secrets)
    # Its secret stands in one place, and so does the address.
    assert "${TIDEDESK_KEYCLOAK_CLIENT_SECRET}" in values["TIDEDESK_SSO_PROVIDERS"]
    assert "${TIDEDESK_PUBLIC_URL}/" in values["TIDEDESK_SSO_PROVIDERS"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("end", ["\n", ""], ids=["whole", "open"])
def test_it_is_added_to_what_is_there_once(path: Path, end: str) -> None:
    make_env(path)
    before = path.read_text().rstrip("\n") + end
    path.write_text(before)
    assert make_env(path, "--sso").returncode == 0
    after = path.read_text()
    assert after.startswith(before.rstrip("\n") + "\nTIDEDESK_KEYCLOAK_PASSWORD=")
    again = make_env(path, "--sso")
    assert again.returncode == 1 and "already" in again.stderr and "docs/docker.md" in again.stderr
    assert path.read_text() == after


def test_it_does_not_take_the_place_of_another_provider(path: Path) -> None:
    before = 'TIDEDESK_SSO_PROVIDERS=[{"name": "company"}]\n'
    path.write_text(before)
    assert make_env(path, "--sso").returncode == 1
    assert path.read_text() == before


def test_an_older_file_gets_the_address_that_it_left_out(path: Path) -> None:
    path.write_text("TIDEDESK_TOKEN_SECRET=x\nTIDEDESK_SSO_PROVIDERS=\n")
    assert make_env(path, "--sso").returncode == 0
    assert values_of(path)["TIDEDESK_PUBLIC_URL"] == "http://localhost:8080"
    assert values_of(path)["TIDEDESK_SSO_PROVIDERS"].startswith("[")
