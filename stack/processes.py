from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from stack.errors import StackError
from stack.identity import Identity, PidFile, group_is_alive
from stack.layout import Layout
from stack.privileges import ServerUser
from stack.services import Service

POLL_INTERVAL_S = 0.05
LOG_TAIL_LINES = 12
LOG_TAIL_BYTES = 16_384
LOG_MAX_BYTES = 20_000_000
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Launch:
    command: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    user: ServerUser | None = None


class ManagedProcess:
    """One process of the stack, started here or found running from an earlier start."""

    def __init__(self, service: Service, layout: Layout) -> None:
        self.service = service
        self.log = layout.log(service.name)
        self._pid_file = PidFile(layout.pid_file(service.name))
        self._identity = self._pid_file.read()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._identity.pid if self._identity is not None and self.is_alive() else None

    def is_alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._identity is not None and self._identity.is_alive()

    def start(self, launch: Launch) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        _set_aside_if_large(self.log)
        with signals_deferred(), self.log.open("ab") as output:
            self._child = subprocess.Popen(
                list(launch.command),
                cwd=launch.directory,
                env=dict(launch.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only us, so that we stop the processes in order
                start_new_session=True,
                **(launch.user.as_popen_arguments() if launch.user else {}),
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
                    f"{self.service.label} was not ready within {deadline_s:.0f} s.",
                    f"Its log is {self.log}.",
                    details=tail(self.log),
                )
            time.sleep(POLL_INTERVAL_S)

    def died(self) -> StackError:
        return StackError(
            f"{self.service.label} stopped by itself{self._exit_reason()}.",
            f"Its log is {self.log}; `tidedesk up` starts it again.",
            details=tail(self.log),
        )

    def kill(self) -> None:
        if self._identity is not None and self.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(self._identity.pid, signal.SIGKILL)

    def _exit_reason(self) -> str:
        status = self._child.poll() if self._child is not None else None
        if status is None:
            return ""
        return f" with exit status {status}" if status >= 0 else f", killed by {signal.Signals(-status).name}"

    def request_stop(self) -> int | None:
        """The process group to wait for, None where nothing runs."""
        if self._identity is None or not self.is_alive():
            self._pid_file.clear()
            return None
        with suppress(ProcessLookupError):
            os.kill(self._identity.pid, self.service.stop_signal)
        return self._identity.pid

    def wait_stopped(self, group: int) -> None:
        """Waits for helpers too: Elasticsearch's launcher may end before the server it launched."""
        give_up = time.monotonic() + self.service.stop_timeout_s
        while self.is_alive() or group_is_alive(group):
            if time.monotonic() > give_up:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
                break
            time.sleep(POLL_INTERVAL_S)
        if self._child is not None:
            self._child.wait()
        self._pid_file.clear()


def stop_together(processes: Iterable[ManagedProcess]) -> None:
    stopping = [(process, process.request_stop()) for process in processes]
    for process, group in stopping:
        if group is not None:
            process.wait_stopped(group)


@contextmanager
def signals_deferred() -> Iterator[None]:
    """A signal between the start of a child and the note of its pid would leave a process nobody knows."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def remember(number: int, _: FrameType | None) -> None:
        arrived.append(number)

    # a handler, not SIG_IGN: a child would inherit that and never hear the signal
    previous = {number: signal.signal(number, remember) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        for late in arrived:
            signal.raise_signal(late)


def _set_aside_if_large(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_MAX_BYTES:
        log.replace(log.with_suffix(".1.log"))


def tail(path: Path, lines: int = LOG_TAIL_LINES) -> str:
    try:
        with path.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
