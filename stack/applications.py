from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import httpx

from stack.environment import Environment
from stack.errors import StackError
from stack.layout import PROJECT, Layout
from stack.ports import HOST, Ports, require_free
from stack.processes import Launch, ManagedProcess, stop_together
from stack.progress import Progress
from stack.services import PROJECTOR, READ_API, WRITE_API, Service

READY_DEADLINE_S = 60.0


@dataclass(frozen=True)
class Api:
    service: Service
    module: str
    port: int

    def launch(self, environment: Environment) -> Launch:
        command = [sys.executable, "-m", "uvicorn", f"{self.module}.main:app", "--host", HOST, "--port", str(self.port)]
        command += ["--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "10"]
        return Launch(command, environment.for_process(self.port), PROJECT)

    def is_ready(self) -> bool:
        try:
            with httpx.Client(trust_env=False, timeout=3.0) as client:
                return client.get(f"http://{HOST}:{self.port}/readyz").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


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
        if not self.projector.is_alive():
            raise self.projector.died()

    def stop(self) -> None:
        stop_together(reversed(self.processes))


def run_tool(environment: Environment, *arguments: str, purpose: str) -> str:
    """Runs one of our command-line tools to its end: `alembic upgrade head`, `stack seed`."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT,
        env=environment.for_process(),
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
