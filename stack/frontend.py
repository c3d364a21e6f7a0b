from __future__ import annotations

import os
import sys

import httpx

from runtime.saved_environment import PROJECT
from stack import frontend_build, pages
from stack.layout import Layout
from stack.ports import HOST, Ports, require_free
from stack.processes import Launch, ManagedProcess, stop_together
from stack.progress import Progress
from stack.services import FRONTEND

READY_DEADLINE_S = 30.0


class FrontendProcess:
    """The pages for people, where they could be built. Their server knows nothing but where both APIs are."""

    def __init__(self, layout: Layout, ports: Ports, progress: Progress) -> None:
        self.process = ManagedProcess(FRONTEND, layout)
        self._ports = ports
        self._progress = progress

    @property
    def is_there(self) -> bool:
        return self.process.is_alive()

    def start(self) -> None:
        stop_together([self.process])
        with self._progress.step("Frontend"):
            built = frontend_build.build(self._progress.note)
        if not built:
            return
        require_free({"the frontend": self._ports.frontend}, base=self._ports.base)
        self.process.start(self._launch())

    def wait(self) -> None:
        if not self.is_there:
            return
        with self._progress.step(f"The frontend on port {self._ports.frontend}"):
            self.process.wait_until(self._is_ready, deadline_s=READY_DEADLINE_S)

    def _launch(self) -> Launch:
        command = [sys.executable, "-m", "uvicorn", "--factory", "stack.pages:create_app", "--no-access-log"]
        command += ["--host", HOST, "--port", str(self._ports.frontend), "--no-server-header", "--no-proxy-headers"]
        environment = {
            **os.environ,
            pages.FOLDER: str(frontend_build.DIST),
            pages.COMMANDS_PORT: str(self._ports.write_api),
            pages.QUERIES_PORT: str(self._ports.read_api),
        }
        return Launch(command, environment, PROJECT)

    def _is_ready(self) -> bool:
        try:
            with httpx.Client(trust_env=False, timeout=3.0) as client:
                return client.get(f"http://{HOST}:{self._ports.frontend}/healthz").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
