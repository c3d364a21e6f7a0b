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
