"""The tutorial does what it says: its commands are typed into a shell beside a stack that was just started."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.tutorial import Step, pattern, steps
from tests.support.free_ports import free_port_base
from tests.support.imports import ROOT

TUTORIAL = ROOT / "docs" / "tutorial" / "first-ticket.md"
STEPS = steps(TUTORIAL.read_text(encoding="utf-8"))
# What the fixture did before, in the way tests do it.
UP = Step("make up\n", None)
END_OF_STEP = "--- end of step, exit code "


@dataclass(frozen=True)
class Stack:
    data_dir: Path
    port_base: int

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TIDEDESK_")}
        return {**inherited, "TIDEDESK_DATA_DIR": str(self.data_dir)}

    def tidedesk(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "stack", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def here(self, typed: str) -> str:
        return (
            typed.replace("localhost:8000", f"localhost:{self.port_base}")
            .replace("localhost:8001", f"localhost:{self.port_base + 1}")
            .replace(".venv/bin/", f"{Path(sys.executable).parent}/")
        )


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Not in pytest's own folders: those are closed to the user that the servers run as under root."""
    with tempfile.TemporaryDirectory(prefix="tidedesk-tutorial-") as folder:
        os.chmod(folder, 0o711)
        own = Stack(Path(folder) / "data", free_port_base())
        try:
            own.tidedesk("up", "--ephemeral", "--no-frontend", "--detach", "--port-base", str(own.port_base))
            yield own
        finally:
            own.tidedesk("down")


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_every_step_shows_what_the_page_says(stack: Stack, tmp_path: Path) -> None:
    assert STEPS[0] == UP
    typed = [f"{stack.here(step.typed)}\necho '{END_OF_STEP}'$?\n" for step in STEPS[1:]]
    run = subprocess.run(
        ["bash"], input="".join(typed), cwd=tmp_path, env=stack.environment, capture_output=True, text=True, timeout=60
    )
    outputs = run.stdout.split(END_OF_STEP)
    assert len(outputs) == len(STEPS), run.stderr
    for index, step in enumerate(STEPS[1:]):
        output, ended_with = outputs[index].partition("\n")[2] if index else outputs[0], outputs[index + 1][0]
        assert ended_with == "0", f"{step.typed}{output}{run.stderr}"
        assert pattern(step.shown or "").fullmatch(output.strip()), f"{step.typed}\nshows\n{output}\nnot\n{step.shown}"
    assert list(tmp_path.iterdir()) == [], "the tutorial leaves files behind"


def test_the_tutorial_shows_most_of_what_its_commands_answer() -> None:
    assert len([step for step in STEPS if step.shown]) >= 6


@pytest.mark.parametrize(
    ("shown", "seen", "same"),
    [
        ('{"number":121}', '{"number":7}', True),
        ('{"number":121}', '{"number":"x"}', False),
        ("as_of=2026-11-23T14:49:52.867186Z", "as_of=2027-01-01T00:00:00Z", True),
        ("HTTP/1.1 201 Created", "HTTP/1.1 200 OK", False),
        ("a … z", "a and so on to z", True),
        ("a … z", "a and so on", False),
        ("stale=?0", "stale=?1", False),
    ],
)
def test_only_what_varies_may_differ(shown: str, seen: str, same: bool) -> None:
    assert bool(pattern(shown).fullmatch(seen)) is same
