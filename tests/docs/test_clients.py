"""What callers get was written from the documents that are committed."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.imports import ROOT

CLIENT = ROOT / "clients" / "typescript"
NAMES = ("command", "query")


@pytest.mark.parametrize("name", NAMES)
def test_the_types_were_written_from_these_documents(name: str) -> None:
    written_from = dict(line.split()[::-1] for line in (CLIENT / "generated/SOURCES").read_text().splitlines())
    document = ROOT / "docs" / "openapi" / f"{name}.json"
    assert written_from[f"docs/openapi/{name}.json"] == sha256(document.read_bytes()).hexdigest(), "run make clients"


@pytest.mark.skipif(
    not (CLIENT / "node_modules").is_dir(), reason="needs npm ci in clients/typescript, as make clients does"
)
@pytest.mark.parametrize("name", NAMES)
def test_the_generator_writes_what_is_committed(name: str, tmp_path: Path) -> None:
    target = tmp_path / f"{name}.d.ts"
    command = ["node_modules/.bin/openapi-typescript", f"../../docs/openapi/{name}.json", "-o", str(target)]
    subprocess.run(command, cwd=CLIENT, check=True, capture_output=True, timeout=60)
    assert target.read_text() == (CLIENT / "generated" / target.name).read_text(), "run make clients"


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (CLIENT / "package-lock.json").read_text()
