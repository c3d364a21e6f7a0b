"""`python -m tests.faults.warden FOLDER`: ends what the fault stack started, once its standard input is closed.

The pipe closes with the test run, however that came to its end. Only processes that wrote their identity into the
folder are ended.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from stack.identity import PidFile
from tests.support.database import ROOT


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Close its `stdin` when everything may end."""
    command = [sys.executable, "-m", "tests.faults.warden", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)


def end_all(folder: Path) -> None:
    for path in sorted((folder / "pids").glob("*.json")):
        identity = PidFile(path).read()
        if identity is not None:
            # Each leads a group of its own, with its helpers.
            with suppress(ProcessLookupError):
                os.killpg(identity.pid, signal.SIGKILL)
    stores = (folder / "stores").resolve()
    for place in {folder, stores}:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_all(Path(sys.argv[1]))
