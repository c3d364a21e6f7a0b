"""Builds the pages of frontend/ where npm is there, and only when what they are made of has changed."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable

from runtime.saved_environment import PROJECT

FRONTEND = PROJECT / "frontend"
DIST = FRONTEND / "dist"
STAMP = DIST / ".built-from"
INSTALLED = FRONTEND / "node_modules" / ".installed-from"
SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
BUILD_TIMEOUT_S = 900
Note = Callable[[str], None]


def sources_digest() -> str:
    digest = hashlib.sha256()
    for name in SOURCES:
        source = FRONTEND / name
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file():
                digest.update(str(path.relative_to(FRONTEND)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    return STAMP.exists() and STAMP.read_text() == sources_digest()


def build(note: Note) -> bool:
    """Whether there are pages to serve afterwards. The APIs run without them, so nothing here keeps the stack down."""
    if is_built():
        return True
    if shutil.which("npm") is None:
        return _go_on_without(note, "npm was not found; install Node.js 20.19 or newer for it")
    # One at a time: two builds would empty the folder under each other.
    with (FRONTEND / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return is_built() or _build(note)


def _build(note: Note) -> bool:
    wanted, digest = (FRONTEND / "package-lock.json").read_text(), sources_digest()
    if not INSTALLED.exists() or INSTALLED.read_text() != wanted:
        note("Installing what the frontend is built with, about half a minute")
        if not _run(["npm", "ci", "--no-audit", "--no-fund"]):
            return _go_on_without(note, "npm could not install it; see: cd frontend && npm ci")
        INSTALLED.write_text(wanted)
    if not _run(["npm", "run", "--silent", "build"]):
        return _go_on_without(note, "it could not be built; see: cd frontend && npm run build")
    STAMP.write_text(digest)
    return True


def _run(command: list[str]) -> bool:
    done = subprocess.run(
        command, cwd=FRONTEND, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=BUILD_TIMEOUT_S
    )
    return done.returncode == 0


def _go_on_without(note: Note, reason: str) -> bool:
    there = (DIST / "index.html").exists()
    note(f"The frontend {'stays as it was last built' if there else 'is left out'}: {reason}.")
    return there
