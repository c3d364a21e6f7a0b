from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime

import httpx

from runtime.saved_environment import PROJECT
from runtime.serving import UVICORN_OPTIONS
from stack.environment import Environment
from stack.errors import StackError
from stack.layout import Layout
from stack.ports import HOST, Ports, require_free
from stack.processes import Launch, ManagedProcess, stop_together
from stack.progress import Progress
from stack.services import PROJECTOR, READ_API, WRITE_API, Service

READY_DEADLINE_S = 60.0
CATCH_UP_DEADLINE_S = 180.0
CATCH_UP_INTERVAL_S = 0.2
AS_OF = re.compile(r'as_of="([^"]+)"')


@dataclass(frozen=True)
class Api:
    service: Service
    module: str
    port: int

    def launch(self, environment: Environment) -> Launch:
        command = [sys.executable, "-m", "uvicorn", f"{self.module}.main:app", "--host", HOST, "--port", str(self.port)]
        command += [*UVICORN_OPTIONS, "--timeout-graceful-shutdown", "10"]
        return Launch(command, environment.for_process(self.port), PROJECT)

    def is_ready(self) -> bool:
        try:
            with httpx.Client(trust_env=False, timeout=3.0) as client:
                return client.get(f"http://{HOST}:{self.port}/readyz").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def visible_until(read_api_port: int) -> datetime | None:
    """The time up to which every commit is visible to a query, as any answer tells; None while there is no answer."""
    try:
        with httpx.Client(trust_env=False, timeout=3.0) as client:
            answer = client.get(f"http://{HOST}:{read_api_port}/v1/documents", params={"limit": "1"})
    except httpx.HTTPError:
        return None
    if answer.status_code != httpx.codes.OK:
        return None
    found = AS_OF.search(answer.headers.get("Freshness", ""))
    return datetime.fromisoformat(found.group(1).replace("Z", "+00:00")) if found else None


class Applications:
    """Our own three processes on top of the stores."""

    def __init__(self, layout: Layout, ports: Ports, environment: Environment, progress: Progress) -> None:
        self._ports = ports
        self._environment = environment
        self._progress = progress
        self._apis = [Api(WRITE_API, "write_api", ports.write_api), Api(READ_API, "read_api", ports.read_api)]
        self.projector = ManagedProcess(PROJECTOR, layout)
        self._api_processes = [ManagedProcess(api.service, layout) for api in self._apis]
        self.processes = [*self._api_processes, self.projector]

    def clear_the_way(self) -> None:
        """What an earlier start left behind may run older code, so it does not stay."""
        stop_together(reversed(self.processes))
        wanted = {api.service.label.replace("The ", "the "): api.port for api in self._apis}
        require_free(wanted, base=self._ports.base)

    def start(self) -> None:
        for api, process in zip(self._apis, self._api_processes, strict=True):
            process.start(api.launch(self._environment))
        command = [sys.executable, "-m", "projector", "run"]
        self.projector.start(Launch(command, self._environment.for_process(), PROJECT))

    def wait_ready(self) -> None:
        for api, process in zip(self._apis, self._api_processes, strict=True):
            with self._progress.step(f"{api.service.label} on port {api.port}"):
                process.wait_until(api.is_ready, deadline_s=READY_DEADLINE_S)

    def wait_until_visible(self, moment: datetime) -> None:
        """Everything that was committed before the moment can be found; a long backlog does not keep the stack down."""
        give_up = time.monotonic() + CATCH_UP_DEADLINE_S
        with self._progress.step("The projector"):
            while (seen := visible_until(self._ports.read_api)) is None or seen < moment:
                for process in self.processes:
                    if not process.is_alive():
                        raise process.died()
                if time.monotonic() > give_up:
                    self._progress.note("The projector is still catching up; see `projector status`")
                    return
                time.sleep(CATCH_UP_INTERVAL_S)

    def stop(self) -> None:
        stop_together(reversed(self.processes))


def run_tool(environment: Environment, *arguments: str, purpose: str) -> str:
    """Runs one of our command-line tools to its end: `alembic upgrade head`, `stack seed`."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment.for_tools()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StackError(
            f"{purpose} failed with exit status {done.returncode}.",
            f"Once its cause is removed, `tidedesk up` goes on from there: {' '.join(arguments)}",
            details="\n".join((done.stdout + done.stderr).splitlines()[-15:]),
        )
    return done.stdout
