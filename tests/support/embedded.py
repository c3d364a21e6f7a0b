"""Stores of our own: started by the first worker that needs them, stopped with the test run, whatever ends it."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from tests.support.addresses import StoreAddresses
from tests.support.database import ROOT

START_TIMEOUT_S = 110.0
STOP_TIMEOUT_S = 30.0


def start_once(run_dir: Path, owner_pid: int) -> StoreAddresses:
    """The stores of the run, started if this is the first worker to ask. They end with the process `owner_pid`."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(run_dir / "start.lock"):
        ready = run_dir / "stores.json"
        if not ready.exists():
            _start(run_dir, owner_pid)
        return StoreAddresses.from_json(ready.read_text())


def stop(run_dir: Path) -> None:
    """Stops what `start_once` started, if anything, and removes its files."""
    with suppress(FileNotFoundError, ProcessLookupError):
        keeper = os.pidfd_open(int((run_dir / "keeper.pid").read_text()))
        signal.pidfd_send_signal(keeper, signal.SIGTERM)
        wait_for_end(keeper, STOP_TIMEOUT_S)
        os.close(keeper)
    shutil.rmtree(run_dir, ignore_errors=True)


@contextmanager
def own_stores(run_dir: Path) -> Iterator[StoreAddresses]:
    """A second set of stores, for a test that breaks them."""
    try:
        yield start_once(run_dir, os.getpid())
    finally:
        stop(run_dir)


def wait_for_end(pidfd: int, timeout_s: float | None = None) -> bool:
    """Also for a process that is not a child of this one. A pidfd becomes readable when its process has ended."""
    readable, _, _ = select.select([pidfd], [], [], timeout_s)
    return bool(readable)


def _start(run_dir: Path, owner_pid: int) -> None:
    command = [sys.executable, "-m", "tests.support.keeper", str(run_dir), str(owner_pid)]
    started = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    (run_dir / "keeper.pid").write_text(started.stdout)
    keeper = os.pidfd_open(int(started.stdout))
    deadline = time.monotonic() + START_TIMEOUT_S
    while not (run_dir / "stores.json").exists():
        ended = wait_for_end(keeper, timeout_s=0.1)
        if ended or time.monotonic() > deadline:
            log = (run_dir / "keeper.log").read_text()
            raise RuntimeError(f"the stores did not start {'' if ended else f'within {START_TIMEOUT_S} s'}:\n{log}")
    os.close(keeper)


def store_pids(run_dir: Path) -> dict[str, int]:
    """Process ids by store name."""
    return dict(json.loads((run_dir / "pids.json").read_text()))
