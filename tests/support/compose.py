"""docker-compose.yml as Compose itself understands it, without an engine."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.database import ROOT

FILE = ROOT / "docker-compose.yml"
MAKE_ENV = ROOT / "deploy" / "make-env.sh"
PROGRAM = Path(sys.executable).parent / "docker-compose"
PROFILES = ("observability", "kafka", "sso")


@dataclass(frozen=True)
class Container:
    """What a service's container would be started with."""

    name: str
    definition: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return {name: unescaped(value) for name, value in (self.definition.get("environment") or {}).items()}

    @property
    def command(self) -> list[str]:
        return [unescaped(word) for word in self.definition.get("command") or ()]

    @property
    def healthcheck(self) -> list[str]:
        kind, *words = map(unescaped, self.definition["healthcheck"]["test"])
        return ["sh", "-c", *words] if kind == "CMD-SHELL" else words

    @property
    def started_with(self) -> list[str]:
        """In place of what the image would start."""
        return [unescaped(word) for word in self.definition.get("entrypoint") or ()] + self.command

    @property
    def command_line(self) -> str:
        return shlex.join(self.command)


def unescaped(text: str) -> str:
    """Compose writes $$ where the container is to see $."""
    return text.replace("$$", "$")


def make_env(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(MAKE_ENV), *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


def run_compose(env_file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """With nothing of the caller's own settings."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    command = [str(PROGRAM), "--project-directory", str(ROOT), "--file", str(FILE), "--env-file", str(env_file)]
    return subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def render(env_file: Path, profiles: Iterable[str] = ()) -> dict[str, Any]:
    chosen = [word for profile in profiles for word in ("--profile", profile)]
    done = run_compose(env_file, *chosen, "config", "--format", "json")
    assert done.returncode == 0, done.stderr
    rendered: dict[str, Any] = json.loads(done.stdout)
    return rendered


def containers(rendered: dict[str, Any]) -> dict[str, Container]:
    return {name: Container(name, definition) for name, definition in rendered["services"].items()}


def option(command: Sequence[str], name: str) -> str:
    """Of `--name=value`."""
    (value,) = [word.partition("=")[2] for word in command if word.startswith(f"{name}=")]
    return value
