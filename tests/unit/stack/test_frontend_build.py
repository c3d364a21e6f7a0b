"""The pages are built when what they are made of has changed, and never keep the stack down."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack import frontend_build


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A frontend of two files, and an npm that notes what it is asked for."""
    for name in frontend_build.SOURCES:
        if "." not in name:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_text(name)
    (tmp_path / "src" / "main.ts").write_text("export {}")
    (tmp_path / "node_modules").mkdir()
    for constant, path in (("FRONTEND", "."), ("DIST", "dist"), ("STAMP", "dist/.built-from")):
        monkeypatch.setattr(frontend_build, constant, tmp_path / path)
    monkeypatch.setattr(frontend_build, "INSTALLED", tmp_path / "node_modules" / ".installed-from")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    asked: list[str] = []

    def run(command: list[str]) -> bool:
        asked.append(command[1])
        (tmp_path / "dist").mkdir(exist_ok=True)
        (tmp_path / "dist" / "index.html").write_text("built")
        return True

    monkeypatch.setattr(frontend_build, "_run", run)
    return asked


def test_it_is_built_once(commands: list[str]) -> None:
    assert frontend_build.build(lambda _: None)
    assert frontend_build.build(lambda _: None)
    assert commands == ["ci", "run"]


def test_a_changed_source_is_built_and_a_changed_lock_installed(commands: list[str]) -> None:
    frontend_build.build(lambda _: None)
    (frontend_build.FRONTEND / "src" / "main.ts").write_text("export const changed = true")
    frontend_build.build(lambda _: None)
    (frontend_build.FRONTEND / "package-lock.json").write_text("newer")
    frontend_build.build(lambda _: None)
    assert commands == ["ci", "run", "run", "ci", "run"]


def test_without_npm_one_line_says_so(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    notes: list[str] = []
    assert not frontend_build.build(notes.append)
    assert len(notes) == 1 and "npm was not found" in notes[0] and commands == []


def test_what_was_built_before_is_served_if_it_fails(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    frontend_build.build(lambda _: None)
    (frontend_build.FRONTEND / "index.html").write_text("changed")
    monkeypatch.setattr(frontend_build, "_run", lambda _: False)
    notes: list[str] = []
    assert frontend_build.build(notes.append)
    assert "stays as it was last built" in notes[0]
