"""What the README tells people to type exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import projector.cli
import stack.cli
from tests.support.imports import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SHELL_BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))
PROGRAMS = {"tidedesk": get_command(stack.cli.app), "projector": get_command(projector.cli.app)}
# What the design promises to people who know this kind of project.
PROMISED = (
    "tidedesk up --detach --data-dir D --port-base 9000 --no-demo --json",
    "tidedesk down",
    "tidedesk status --json",
    "tidedesk doctor",
    "tidedesk seed --tickets 1 --documents 1 --seed 42",
    "tidedesk import tickets FILE.jsonl",
    "tidedesk import documents FILE.jsonl",
    "tidedesk create-admin",
    "projector run",
    "projector rebuild all --resume --json",
    "projector status --json",
    "projector verify --repair --json",
    "projector dead list",
    "projector dead replay",
)


def typed_commands(text: str) -> list[str]:
    """Lines that start with one of our programs, without comments and the brackets around what may be left out."""
    lines = (re.sub(r"[\[\]]|#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line.partition(" ")[0] in PROGRAMS]


def faults_of(line: str) -> list[str]:
    """Names in a typed command that the program does not know."""
    name, *words = shlex.split(line)
    command = PROGRAMS[name]
    while isinstance(command, TyperGroup):
        if not words or words[0] not in command.commands:
            return [f"{line}: no such command"]
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    return [f"{line}: no option {word}" for word in words if word.startswith("--") and word not in known]


def test_the_readme_shows_commands_of_both_programs() -> None:
    assert {line.partition(" ")[0] for line in typed_commands(SHELL_BLOCKS)} == set(PROGRAMS)


@pytest.mark.parametrize("line", [*typed_commands(SHELL_BLOCKS), *PROMISED])
def test_a_shown_command_exists(line: str) -> None:
    assert faults_of(line) == []


def test_a_missing_command_would_be_seen() -> None:
    assert faults_of("tidedesk dance")
    assert faults_of("tidedesk up --sideways")


@pytest.mark.parametrize(
    "target", sorted({*re.findall(r"^make ([a-z]+)", SHELL_BLOCKS, re.MULTILINE), "setup", "lint"})
)
def test_a_shown_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:.*## \S", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_what_the_readme_links_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("folder", sorted(set(re.findall(r"^\| `([a-z_/]+)/`", README, re.MULTILINE))))
def test_what_the_readme_says_lives_somewhere_does(folder: str) -> None:
    assert (ROOT / folder).is_dir()


def test_the_ci_runs_what_developers_run() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    commands = re.findall(r"^make \w+$", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["make lint", "make test", "make audit"]


def test_make_test_measures_branches_and_asks_for_all_of_the_domain() -> None:
    plan = subprocess.run(
        ["make", "--dry-run", "test"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout
    assert "pytest -n auto --cov" in plan
    assert re.search(r"coverage report --fail-under=100 --include='domain/\*'", plan)
    assert re.search(r"^branch = true$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
