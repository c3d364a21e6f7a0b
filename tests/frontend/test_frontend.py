"""The frontend's own tests and checks, where Node.js is and npm can install its packages."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from stack import frontend_build
from tests.support.imports import ROOT

FRONTEND = ROOT / "frontend"
TEXTS = FRONTEND / "src" / "locales"
MAX_LINES = 300
TIMEOUT_S = 280


@pytest.mark.timeout(2 * TIMEOUT_S)
def test_its_own_tests_pass() -> None:
    said: list[str] = []
    if not frontend_build.build(said.append) or not (FRONTEND / "node_modules").is_dir():
        pytest.skip(said[-1] if said else "needs Node.js 20.19 and `npm ci` in frontend/")
    command = ["npm", "run", "--silent", "test"]
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6_000:]


def test_the_lock_names_no_registry() -> None:
    assert not re.search(r'"resolved"|https?://[^"]*registry', (FRONTEND / "package-lock.json").read_text())


def test_every_version_is_exact() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert {name: version for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}


def sources() -> list[Path]:
    return [path for path in (FRONTEND / "src").rglob("*") if path.suffix in (".ts", ".vue", ".css")]


def test_no_source_is_long() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in sources()}
    assert {name: count for name, count in lines.items() if count > MAX_LINES} == {}


def test_nothing_is_asked_of_other_hosts() -> None:
    """Only of the two APIs and of where the pages come from."""
    named = {
        (path.name, address)
        for path in sources()
        for address in re.findall(r"https?://[^\s'\"`)]+", path.read_text(encoding="utf-8"))
    }
    assert named == set()
