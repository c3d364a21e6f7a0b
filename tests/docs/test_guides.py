"""The guides' commands do what the guides want them for: they are typed beside a stack that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.stack import Stack
from tests.support.imports import ROOT

GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
# Programs of ours that a guide's shell has; each of the others has a reason.
TYPED_HERE = ("projector ", "tidedesk ")
NOT_HERE = {
    "tidedesk restore desk.zip": "only into an empty database: tests/integration/write_api/backup",
    "projector pause tickets": "no rebuild is under way: tests/integration/projector/test_rebuild_pace.py",
    "projector resume tickets": "no rebuild is under way: tests/integration/projector/test_rebuild_pace.py",
    "projector dead show 17": "no letter has this number: tests/integration/projector/test_dead_letters.py",
    "projector dead replay 17": "no letter has this number: tests/integration/projector/test_dead_letters.py",
}


def commands() -> list[str]:
    """Each once, in the order of the pages."""
    typed = [
        line.partition("#")[0].strip()
        for guide in GUIDES
        for _, block in _BLOCK.findall(guide.read_text(encoding="utf-8"))
        for line in block.splitlines()
    ]
    return [one for one in dict.fromkeys(typed) if one.startswith(TYPED_HERE)]


def test_what_is_left_out_is_in_a_guide() -> None:
    assert set(NOT_HERE) <= set(commands())


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_the_commands_of_the_guides_end_well(stack: Stack, tmp_path: Path) -> None:
    typed = [one for one in commands() if one not in NOT_HERE]
    assert len(typed) >= 10
    ended = stack.type([f".venv/bin/{one}" for one in typed], tmp_path, timeout_s=240)
    assert [f"{one}: {code}\n{shown}" for one, (shown, code) in zip(typed, ended, strict=True) if code] == []
