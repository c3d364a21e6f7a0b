from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stack.identity import Identity, PidFile, group_is_alive


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """Lives until its standard input is closed."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process
        process.kill()


def identity_of(process: subprocess.Popen[bytes]) -> Identity:
    identity = Identity.of(process.pid)
    assert identity is not None
    return identity


def test_a_running_process_is_alive(child: subprocess.Popen[bytes]) -> None:
    assert identity_of(child).is_alive()
    assert group_is_alive(child.pid)


def test_an_ended_process_is_dead_even_before_it_is_waited_for(child: subprocess.Popen[bytes]) -> None:
    identity = identity_of(child)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not identity.is_alive()
    assert not group_is_alive(child.pid)


def test_a_process_that_never_was_has_no_identity() -> None:
    assert Identity.of(2**30) is None


def test_another_process_under_the_same_number_is_not_taken_for_it(child: subprocess.Popen[bytes]) -> None:
    assert not replace(identity_of(child), started="another boot:1").is_alive()


def test_a_pid_file_gives_back_a_living_process(child: subprocess.Popen[bytes], tmp_path: Path) -> None:
    file = PidFile(tmp_path / "pids" / "one.json")
    file.write(identity_of(child))
    assert file.read() == identity_of(child)
    file.clear()
    assert file.read() is None


def test_a_pid_file_of_an_earlier_process_gives_nothing(child: subprocess.Popen[bytes], tmp_path: Path) -> None:
    file = PidFile(tmp_path / "one.json")
    file.write(Identity(child.pid, "another boot:1"))
    assert file.read() is None


@pytest.mark.parametrize("content", ["", "12", "[]", "{}", json.dumps({"pid": 1}), "not json"])
def test_a_damaged_pid_file_gives_nothing(content: str, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(content)
    assert PidFile(path).read() is None
