"""A process of the fault stack: started, signalled and ended by its own id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from stack.identity import Identity, PidFile
from stack.layout import Layout
from tests.support.database import ROOT
from tests.support.eventually import eventually

STOP_TIMEOUT_S = 40.0
STOPPED_STATE = "T"


class Child:
    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], layout: Layout) -> None:
        self.name = name
        self.log = layout.log(name)
        self._pid_file = PidFile(layout.pid_file(name))
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        identity = Identity.of(self._process.pid)
        if identity is not None:
            self._pid_file.write(identity)

    @property
    def status(self) -> int | None:
        """How it ended, as subprocess says it; None while it runs."""
        return self._process.poll()

    @property
    def is_paused(self) -> bool:
        try:
            with open(f"/proc/{self._process.pid}/stat", encoding="utf8") as stat:
                return stat.read().rpartition(")")[2].split()[0] == STOPPED_STATE
        except OSError:
            return False

    def send(self, number: signal.Signals) -> None:
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def ended(self, timeout_s: float) -> int:
        async def has_ended() -> bool:
            return self.status is not None

        await eventually(has_ended, timeout_s)
        self._pid_file.clear()
        status = self.status
        assert status is not None
        return status

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self.ended(STOP_TIMEOUT_S)

    async def stop(self) -> None:
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            await self.ended(STOP_TIMEOUT_S)
        except AssertionError:
            await self.kill()

    def require_alive(self) -> None:
        if self.status is not None:
            raise AssertionError(f"{self.name} ended by itself with {self.status}:\n{self.last_lines()}")

    def last_lines(self, count: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
