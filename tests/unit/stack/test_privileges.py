from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import privileges
from stack.errors import StackError
from stack.privileges import ServerUser, shared_folder

STRANGER = ServerUser(uid=54_321, gid=54_321, is_caller=False)
CALLER = ServerUser(uid=os.geteuid(), gid=os.getegid(), is_caller=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_a_stranger_passes_open_folders(open_folder: Path) -> None:
    assert STRANGER.may_pass(open_folder)


def test_a_stranger_is_stopped_by_one_closed_folder(open_folder: Path) -> None:
    inner = open_folder / "closed" / "inner"
    inner.mkdir(parents=True)
    (open_folder / "closed").chmod(0o700)
    assert not STRANGER.may_pass(inner)
    assert not STRANGER.may_pass(inner / "not-there-yet")


def test_the_caller_passes_where_it_is_already(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    assert CALLER.may_pass(open_folder)


def test_the_caller_itself_needs_no_change_of_user() -> None:
    assert CALLER.as_popen_arguments() == {}
    assert STRANGER.as_popen_arguments() == {"user": 54_321, "group": 54_321, "extra_groups": []}


def test_a_shared_folder_can_be_passed_but_not_listed(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges, "SHARED_PARENT", open_folder)
    folder = shared_folder("ours")
    assert folder.stat().st_mode & 0o777 == 0o711
    assert STRANGER.may_pass(folder)


def test_a_planted_link_is_not_used_as_shared_folder(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges, "SHARED_PARENT", open_folder)
    (open_folder / "elsewhere").mkdir()
    (open_folder / f"ours-{os.geteuid()}").symlink_to(open_folder / "elsewhere")
    with pytest.raises(StackError, match="belongs to someone else"):
        shared_folder("ours")
