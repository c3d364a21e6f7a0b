"""The three real processes on the stores of one world, for tests that talk HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from runtime.serving import UVICORN_OPTIONS
from runtime.settings import Settings
from stack.privileges import ServerUser
from tests.support.database import ROOT
from tests.support.desk import Desk
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.witness import Witness

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
# On a busy machine a client may reuse a connection just when the default of 5 s closes it.
KEEP_ALIVE = ("--timeout-keep-alive", "120")


@dataclass
class RunningProcess:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log_path: Path
    code: Path = ROOT
    user: ServerUser | None = None
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                cwd=self.code,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **(self.user.as_popen_arguments() if self.user else {}),
            )

    def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        if self._child is not None:
            self._child.send_signal(by)
            try:
                self._child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child = None

    def signal(self, number: signal.Signals) -> None:
        assert self._child is not None
        self._child.send_signal(number)

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def assert_alive(self) -> None:
        status = self._child.poll() if self._child else None
        if status is not None:
            raise RuntimeError(f"{self.name} ended with {status}:\n{self.log()}")

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


@dataclass(frozen=True)
class Served:
    """Addresses and processes; `desk` is for callers."""

    settings: Settings
    write_url: str
    read_url: str
    write_api: RunningProcess
    read_api: RunningProcess
    projector: RunningProcess
    desk: Desk
    witness: Witness

    @property
    def environment(self) -> dict[str, str]:
        return environment_of(self.settings)

    def logged_errors(self) -> list[str]:
        """What went wrong unforeseen, newest last; a traceback on several lines."""
        lines = [line for one in (self.write_api, self.read_api, self.projector) for line in one.log().splitlines()]
        # Nearly all lines are of the access log, and this is asked again and again.
        suspects = [line for line in lines if line.startswith("{") and ('"error"' in line or '"critical"' in line)]
        entries = [json.loads(line) for line in suspects]
        errors = [entry for entry in entries if entry.get("level") in ("error", "critical")]
        return [f"{one.get('process')}: {one.get('event')}\n{one.get('exception', '')}" for one in errors]


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process needs to find the same settings in its environment."""
    plain = {name: _plain(value) for name, value in settings.dict().items()}
    providers = [{name: _plain(value) for name, value in one.items()} for one in plain.pop("sso_providers")]
    plain["sso_providers"] = json.dumps(providers)
    lists = {name: ",".join(map(_plain, value)) for name, value in plain.items() if isinstance(value, tuple)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TIDEDESK_")}
    return {**inherited, **{f"TIDEDESK_{name.upper()}": str(value) for name, value in {**plain, **lists}.items()}}


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@asynccontextmanager
async def serve(settings: Settings, log_dir: Path, code: Path = ROOT, base: int | None = None) -> AsyncIterator[Served]:
    """`code` is a checkout, of this version or another; `base` the port of the command API."""
    base = free_port_base() if base is None else base
    write_url, read_url = f"http://127.0.0.1:{base}", f"http://127.0.0.1:{base + 1}"
    environment = environment_of(settings)

    def process(name: str, *command: str) -> RunningProcess:
        return RunningProcess(name, [sys.executable, "-m", *command], environment, log_dir / f"{name}.log", code)

    def api(name: str, port: int) -> RunningProcess:
        return process(name, "uvicorn", f"{name}.main:app", "--port", str(port), *UVICORN_OPTIONS, *KEEP_ALIVE)

    write_api, read_api = api("write_api", base), api("read_api", base + 1)
    projector = process("projector", "projector", "run")
    processes = (write_api, read_api, projector)
    witness = Witness()

    def client(url: str, headers: Mapping[str, str]) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=30.0, event_hooks=witness.hooks)

    desk = Desk(partial(client, write_url), partial(client, read_url))
    try:
        for one in processes:
            one.start()

        async def ready() -> bool:
            for one in processes:
                one.assert_alive()
            try:
                answers = [await client.get("/readyz") for client in (desk.anonymous.write, desk.anonymous.read)]
            except httpx.TransportError:
                return False
            return all(answer.status_code == 200 for answer in answers)

        await eventually(ready, READY_TIMEOUT_S, interval_s=0.1)
        yield Served(settings, write_url, read_url, write_api, read_api, projector, desk, witness)
    finally:
        await desk.aclose()
        for one in reversed(processes):
            one.end()
