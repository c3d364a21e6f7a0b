from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.privileges import ServerUser

POLL_INTERVAL_S = 0.05
LOG_TAIL_LINES = 12


@dataclass(frozen=True)
class Identity:
    """A process for as long as it lives: its number alone may be given to another one later."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        try:
            # the name field may hold spaces and brackets, so count from its closing bracket
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        state, start_ticks = fields[0], fields[19]
        return None if state in ("Z", "X") else cls(pid, f"{boot}:{start_ticks}")

    def is_alive(self) -> bool:
        return Identity.of(self.pid) == self


@dataclass(frozen=True)
class PidFile:
    path: Path

    def write(self, identity: Identity) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"pid": identity.pid, "started": identity.started}) + "\n")

    def read(self) -> Identity | None:
        """The process that was written here, if that very process still lives."""
        try:
            stored = json.loads(self.path.read_text())
            identity = Identity(int(stored["pid"]), str(stored["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return identity if identity.is_alive() else None

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True)
class ProcessSpec:
    name: str
    label: str
    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 20.0
    user: ServerUser | None = None


class ManagedProcess:
    """One process of the stack, started here or found running from an earlier start."""

    def __init__(self, spec: ProcessSpec, pid_file: PidFile, log: Path) -> None:
        self.spec = spec
        self.log = log
        self._pid_file = pid_file
        self._child: subprocess.Popen[bytes] | None = None
        self._identity = pid_file.read()

    @property
    def pid(self) -> int | None:
        return self._identity.pid if self.is_alive() and self._identity else None

    def is_alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._identity is not None and self._identity.is_alive()

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        user = self.spec.user
        other = user is not None and not user.is_caller
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                list(self.spec.command),
                cwd=self.spec.directory,
                env=dict(self.spec.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only us, so that we stop the processes in order
                start_new_session=True,
                user=user.uid if user is not None and other else None,
                group=user.gid if user is not None and other else None,
                extra_groups=[] if other else None,
            )
        self._identity = Identity.of(self._child.pid)
        if self._identity is not None:
            self._pid_file.write(self._identity)

    def wait_until(self, is_ready: Callable[[], bool], *, deadline_s: float) -> None:
        give_up = time.monotonic() + deadline_s
        while not is_ready():
            if not self.is_alive():
                raise self.died()
            if time.monotonic() > give_up:
                raise StackError(
                    f"{self.spec.label} was not ready within {deadline_s:.0f} s.",
                    f"Its log is {self.log}.",
                    details=self.log_tail(),
                )
            time.sleep(POLL_INTERVAL_S)

    def died(self) -> StackError:
        return StackError(
            f"{self.spec.label} stopped by itself{self._exit_reason()}.",
            f"Its log is {self.log}; `tidedesk up` starts it again.",
            details=self.log_tail(),
        )

    def signal_stop(self) -> None:
        if self.is_alive() and self._identity is not None:
            _signal(self._identity.pid, self.spec.stop_signal)

    def wait_stopped(self) -> None:
        give_up = time.monotonic() + self.spec.stop_timeout_s
        while self.is_alive() and time.monotonic() < give_up:
            time.sleep(POLL_INTERVAL_S)
        self.kill()

    def stop(self) -> None:
        self.signal_stop()
        self.wait_stopped()

    def kill(self) -> None:
        if self.is_alive() and self._identity is not None:
            _signal_group(self._identity.pid, signal.SIGKILL)
        if self._child is not None:
            self._child.wait()
        self._pid_file.clear()

    def log_tail(self) -> str:
        return tail(self.log, LOG_TAIL_LINES)

    def _exit_reason(self) -> str:
        status = self._child.poll() if self._child is not None else None
        if status is None:
            return ""
        if status >= 0:
            return f" with exit status {status}"
        return f", killed by {signal.Signals(-status).name}"


def tail(path: Path, lines: int) -> str:
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 16_384))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass
