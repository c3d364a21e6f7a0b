from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.identity import group_is_alive
from stack.layout import Layout
from stack.processes import Launch, ManagedProcess, signals_deferred, stop_together
from stack.services import Service

SERVICE = Service("lamp", "The lamp")
STUBBORN = Service("lamp", "The lamp", stop_timeout_s=0.2)
# Each writes a line when it can be stopped, then lives until a signal comes.
OBEDIENT_SCRIPT = "import signal; print('lit', flush=True); signal.pause()"
STUBBORN_SCRIPT = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    + "while True: "
    + ("print('lit', flush=True); signal.pause()")
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def launch(script: str, folder: Path) -> Launch:
    return Launch([sys.executable, "-c", script], dict(os.environ), folder)


@pytest.fixture
def lamp(layout: Layout) -> Iterator[ManagedProcess]:
    process = ManagedProcess(SERVICE, layout)
    process.start(launch(OBEDIENT_SCRIPT, layout.data_dir))
    process.wait_until(lambda: "lit" in process.log.read_text(), deadline_s=20)
    yield process
    stop_together([process])


def test_it_runs_and_stops(lamp: ManagedProcess) -> None:
    pid = lamp.pid
    assert pid is not None and lamp.is_alive()
    stop_together([lamp])
    assert not lamp.is_alive()
    assert not group_is_alive(pid)


def test_a_later_command_finds_it_and_stops_it(lamp: ManagedProcess, layout: Layout) -> None:
    found = ManagedProcess(SERVICE, layout)
    assert found.pid == lamp.pid
    stop_together([found])
    assert not lamp.is_alive()
    assert ManagedProcess(SERVICE, layout).pid is None


def test_one_that_ignores_the_signal_is_killed(layout: Layout) -> None:
    process = ManagedProcess(STUBBORN, layout)
    process.start(launch(STUBBORN_SCRIPT, layout.data_dir))
    process.wait_until(lambda: "lit" in process.log.read_text(), deadline_s=20)
    stop_together([process])
    assert not process.is_alive()


def test_one_that_dies_while_it_is_waited_for_is_told_with_its_last_words(layout: Layout) -> None:
    process = ManagedProcess(SERVICE, layout)
    process.start(launch("import sys; sys.exit('out of oil')", layout.data_dir))
    with pytest.raises(StackError) as raised:
        process.wait_until(lambda: False, deadline_s=20)
    assert raised.value.problem == "The lamp stopped by itself with exit status 1."
    assert str(process.log) in raised.value.fix
    assert raised.value.details == "out of oil"


def test_one_that_was_killed_is_told_with_the_signal(lamp: ManagedProcess) -> None:
    assert lamp.pid is not None
    os.kill(lamp.pid, signal.SIGKILL)
    with pytest.raises(StackError, match="killed by SIGKILL"):
        lamp.wait_until(lambda: False, deadline_s=20)


def test_one_that_is_never_ready_is_told_after_the_deadline(lamp: ManagedProcess) -> None:
    with pytest.raises(StackError, match="not ready within 0 s"):
        lamp.wait_until(lambda: False, deadline_s=0)


def test_nothing_to_stop_is_no_error(layout: Layout) -> None:
    stop_together([ManagedProcess(SERVICE, layout)])


def test_a_signal_in_between_arrives_afterwards() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt):
        with signals_deferred():
            signal.raise_signal(signal.SIGINT)
            done.append("all of it")
    assert done == ["all of it"]
