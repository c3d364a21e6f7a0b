from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import privileges
from stack.errors import StackError
from stack.layout import Layout
from stack.privileges import ServerUser

# Another user than the caller only for what it may pass: nothing can be given to it without being root.
SERVERS = ServerUser(uid=os.geteuid(), gid=os.getegid(), is_caller=True)


class Outsider(ServerUser):
    def may_pass(self, path: Path) -> bool:
        return "closed" not in str(path.resolve())


OUTSIDER = Outsider(uid=os.geteuid(), gid=os.getegid(), is_caller=True)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(privileges, "SHARED_PARENT", Path(folder))
        yield Path(folder)


@pytest.fixture
def closed(tmp_path: Path) -> Layout:
    layout = Layout.at(tmp_path / "closed")
    layout.create()
    return layout


def test_a_store_lives_in_the_data_folder(tmp_path: Path) -> None:
    folder = Layout.at(tmp_path).store_folder("redis", SERVERS)
    assert folder == tmp_path.resolve() / "stores" / "redis"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_in_a_closed_folder_a_link_leads_to_the_store(closed: Layout, shared: Path) -> None:
    folder = closed.store_folder("redis", OUTSIDER)
    assert shared in folder.parents
    assert (closed.data_dir / "stores" / "redis").resolve() == folder
    assert closed.store_folder("redis", OUTSIDER) == folder


def test_a_new_data_folder_gets_new_stores(closed: Layout, shared: Path) -> None:
    before = closed.store_folder("redis", OUTSIDER)
    (closed.data_dir / "stores").unlink()
    assert closed.store_folder("redis", OUTSIDER) != before


def test_stores_that_were_swept_away_are_made_anew(closed: Layout, shared: Path) -> None:
    folder = closed.store_folder("redis", OUTSIDER)
    folder.rmdir()
    folder.parent.rmdir()
    assert closed.store_folder("redis", OUTSIDER) == folder
    assert folder.is_dir()


def test_a_folder_that_was_closed_later_is_told(closed: Layout, shared: Path) -> None:
    closed.store_folder("redis", SERVERS)
    with pytest.raises(StackError, match="closed to others"):
        closed.store_folder("redis", OUTSIDER)
