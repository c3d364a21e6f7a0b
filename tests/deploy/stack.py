"""Our containers without an engine: their commands, variables and health checks as Compose renders them, as processes.

Only what a network of containers would give them is replaced: names by addresses of this machine, and folders.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.layout import Layout
from stack.ports import HOST
from stack.privileges import ServerUser
from tests.deploy.dockerfile import instructions
from tests.deploy.stores import PasswordStores
from tests.support.compose import Container
from tests.support.database import ROOT
from tests.support.eventually import eventually
from tests.support.served import RunningProcess

# Where each listens in its container.
PORTS = {"write_api": 8000, "read_api": 8001, "projector": 8002}
KEYCLOAK_PORT = 8080
READY_TIMEOUT_S = 60.0


@dataclass
class Stack:
    containers: Mapping[str, Container]
    stores: PasswordStores
    namespace: str
    layout: Layout
    # Of PORTS and of Keycloak, by name.
    ports: Mapping[str, int]
    user: ServerUser

    def address_of(self, name_and_port: str) -> str:
        """Of what a container of that name would be at."""
        name, _, port = name_and_port.partition(":")
        assert {**PORTS, "keycloak": KEYCLOAK_PORT}[name] == int(port)
        return f"{HOST}:{self.ports[name]}"

    def environment(self, name: str) -> dict[str, str]:
        """Nothing of this shell: what a process needs and is not given would be seen."""
        container = self.containers[name]
        said = {variable: self._here(value) for variable, value in container.environment.items()}
        return {**image_environment(), **said, "TIDEDESK_NAMESPACE": self.namespace}

    def command(self, name: str) -> list[str]:
        return [self._here(word) for word in self.containers[name].command]

    async def run(self, name: str, *command: str, **more: str) -> tuple[int, str]:
        """A command in a container of that name: what it returns, and says."""
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env={**self.environment(name), **more},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            **self.user.as_popen_arguments(),
        )
        said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()

    async def is_healthy(self, name: str) -> bool:
        """As its own health check finds."""
        words = [self._here(word) for word in self.containers[name].healthcheck]
        return (await self.run(name, *words))[0] == 0

    @contextmanager
    def running(self) -> Iterator[list[RunningProcess]]:
        processes = [
            RunningProcess(name, self.command(name), self.environment(name), self._log(name), user=self.user)
            for name in PORTS
        ]
        try:
            for process in processes:
                process.start()
            yield processes
        finally:
            for process in reversed(processes):
                process.end()

    async def wait_until_healthy(self, processes: list[RunningProcess]) -> None:
        async def healthy() -> bool:
            for process in processes:
                process.assert_alive()
            return all([await self.is_healthy(process.name) for process in processes])

        await eventually(healthy, READY_TIMEOUT_S, interval_s=0.2)

    def _log(self, name: str) -> Path:
        path = self.layout.log(name)
        path.parent.mkdir(exist_ok=True)
        return path

    def _here(self, text: str) -> str:
        for name, address in self.stores.addresses.items():
            text = text.replace(f"@{name}", f"@{address}")
        for name, port in PORTS.items():
            text = text.replace(f"{HOST}:{port}/", f"{HOST}:{self.ports[name]}/")
            text = text.replace(f"--port={port}", f"--port={self.ports[name]}")
            text = str(self.ports[name]) if text == str(port) else text
        text = text.replace(f"//keycloak:{KEYCLOAK_PORT}/", f"//{HOST}:{self.ports['keycloak']}/")
        text = text.replace("/var/lib/tidedesk/attachments", str(self.layout.store_folder("attachments", self.user)))
        return text.replace("0.0.0.0", HOST)


def image_environment() -> dict[str, str]:
    """As the image sets it, with this Python and this checkout."""
    (text,) = [one.text for one in instructions(ROOT / "deploy" / "Dockerfile") if one.name == "ENV" and one.stage == 1]
    said = dict(word.split("=", 1) for word in text.split())
    programs = f"{Path(sys.executable).parent}:{os.defpath}"
    return {**said, "PATH": said["PATH"].replace("/opt/tidedesk/bin", programs), "PYTHONPATH": str(ROOT)}


def unprivileged() -> ServerUser:
    """Nobody, who can change nothing here; the caller where this Python or the checkout is closed to others."""
    user = ServerUser.choose()
    if all(user.may_pass(path) for path in (ROOT, Path(sys.executable), Path(sys.executable).resolve())):
        return user
    return ServerUser(os.geteuid(), os.getegid(), is_caller=True)
