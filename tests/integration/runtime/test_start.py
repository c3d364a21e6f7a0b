"""In production no process starts with a secret that everybody knows, or that is too short to be one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.database import ROOT

pytestmark = pytest.mark.integration
OWN = {"TIDEDESK_TOKEN_SECRET": "k3yA" * 10, "TIDEDESK_CURSOR_SECRET": "0therK3y" * 5}
COMMANDS = {
    "write API": ("uvicorn", "write_api.main:app", "--port", "0"),
    "read API": ("uvicorn", "read_api.main:app", "--port", "0"),
    "projector": ("projector", "run"),
}


def start(command: tuple[str, ...], data_dir: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDEDESK_")}
    settings = {"TIDEDESK_ENVIRONMENT": "production", "TIDEDESK_DATA_DIR": str(data_dir), **variables}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env={**kept, **settings}, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("process", COMMANDS)
@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "token_secret"),
        ({**OWN, "TIDEDESK_CURSOR_SECRET": "short"}, "cursor_secret"),
        ({**OWN, "TIDEDESK_CURSOR_SECRET": OWN["TIDEDESK_TOKEN_SECRET"]}, "must differ"),
    ],
    ids=["default secrets", "a short secret", "one secret for two purposes"],
)
def test_it_refuses_to_start(process: str, variables: dict[str, str], named: str, tmp_path: Path) -> None:
    done = start(COMMANDS[process], tmp_path, **variables)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert named in said
    assert "Uvicorn running" not in said and "projector_started" not in said
    for secret in variables.values():
        assert secret not in said
