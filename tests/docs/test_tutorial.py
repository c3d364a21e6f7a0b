"""The tutorial does what it says: its commands are typed into a shell beside a stack that was just started."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.stack import Stack
from tests.docs.tutorial import Step, pattern, steps
from tests.support.imports import ROOT

TUTORIAL = ROOT / "docs" / "tutorial" / "first-ticket.md"
STEPS = steps(TUTORIAL.read_text(encoding="utf-8"))
# What the fixture did before, in the way tests do it.
UP = Step("make up\n", None)


@pytest.mark.e2e
@pytest.mark.timeout(300)
def test_every_step_shows_what_the_page_says(stack: Stack, tmp_path: Path) -> None:
    assert STEPS[0] == UP
    shown = stack.type([step.typed for step in STEPS[1:]], tmp_path, timeout_s=60)
    for step, (output, code) in zip(STEPS[1:], shown, strict=True):
        assert code == 0, f"{step.typed}{output}"
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
