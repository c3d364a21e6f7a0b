"""A process that holds one set of stores for a test run: `python -m tests.support.keeper RUN_DIR OWNER_PID`.

It goes into the background and prints its process id. It stops the stores when it is told to (SIGTERM), and also when
the owner is gone, however that came about.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import sys
from pathlib import Path

from stack.stores import Stores
from tests.support.addresses import StoreAddresses
from tests.support.free_ports import free_port_base


def keep(run_dir: Path, owner_pid: int) -> None:
    owner = os.pidfd_open(owner_pid)
    told_to_stop = _sigterm_as_readable()
    stores = Stores(run_dir / "data", free_port_base(), ephemeral=True)
    stores.start()
    try:
        _publish(run_dir / "pids.json", json.dumps(stores.pids))
        addresses = StoreAddresses(stores.postgres_url, stores.redis_url, stores.elasticsearch_url)
        _publish(run_dir / "stores.json", addresses.to_json())
        select.select([owner, told_to_stop], [], [])
    finally:
        stores.stop()
    shutil.rmtree(run_dir, ignore_errors=True)


def _sigterm_as_readable() -> int:
    readable, writable = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.close(writable))
    return readable


def _publish(path: Path, text: str) -> None:
    """Whole or not at all: others poll for the file."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(path)


def _detach(log_path: Path) -> bool:
    """True in the new process, which is nobody's child: no test run has to wait for it."""
    pid = os.fork()
    if pid:
        print(pid)
        return False
    os.setsid()
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream, target in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(target, stream)
    return True


if __name__ == "__main__":
    run_dir, owner_pid = Path(sys.argv[1]), int(sys.argv[2])
    if _detach(run_dir / "keeper.log"):
        keep(run_dir, owner_pid)
