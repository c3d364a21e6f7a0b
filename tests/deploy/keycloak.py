"""The container of Keycloak without an engine: its command, variables and health check, on the release of its image."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from stack import servers, toolchain
from stack.errors import StackError
from stack.keycloak import DEADLINE_S, unpack
from stack.layout import Layout
from stack.ports import HOST
from stack.privileges import ServerUser
from tests.support.compose import Container
from tests.support.eventually import eventually
from tests.support.served import RunningProcess

IN_THE_IMAGE = "/opt/keycloak"
HEALTH_PORT = 9000


@dataclass(frozen=True)
class ComposedKeycloak:
    container: Container
    folder: Path
    port: int
    health_port: int
    user: ServerUser

    def prepare(self, archive: Path) -> None:
        unpack(archive, self.folder)
        (self.folder / "data").mkdir(exist_ok=True)
        for volume in self.container.definition["volumes"]:
            if volume["type"] == "bind":
                shutil.copytree(volume["source"], self._here(volume["target"]))
        self.user.own_tree(self.folder)

    @property
    def command(self) -> list[str]:
        return [self._here(word) for word in self.container.started_with]

    @property
    def environment(self) -> dict[str, str]:
        java = toolchain.java_home()
        ports = {"KC_HTTP_HOST": HOST, "KC_HTTP_PORT": str(self.port), "KC_HTTP_MANAGEMENT_PORT": str(self.health_port)}
        # Kong's address is one of this machine here.
        trusted = {"KC_PROXY_TRUSTED_ADDRESSES": HOST}
        return {**self.container.environment, **ports, **trusted, "PATH": os.defpath, "JAVA_HOME": str(java)}

    def is_healthy(self) -> bool:
        words = [word.replace(f"/{HEALTH_PORT} ", f"/{self.health_port} ") for word in self.container.healthcheck]
        assert words != self.container.healthcheck
        return subprocess.run(words, capture_output=True, check=False, timeout=10).returncode == 0

    def _here(self, text: str) -> str:
        return text.replace(IN_THE_IMAGE, str(self.folder))


@asynccontextmanager
async def running_keycloak(
    container: Container, layout: Layout, port: int, health_port: int
) -> AsyncIterator[ComposedKeycloak]:
    try:
        archive = servers.fetch_keycloak(lambda _: None)
    except StackError as error:
        pytest.skip(f"needs Keycloak, which could not be fetched: {error}")
    user = ServerUser.choose()
    folder = layout.store_folder("keycloak", user) / "server"
    keycloak = ComposedKeycloak(container, folder, port, health_port, user)
    keycloak.prepare(archive)
    log = layout.log("keycloak")
    process = RunningProcess("keycloak", keycloak.command, keycloak.environment, log, folder, user)

    async def is_healthy() -> bool:
        process.assert_alive()
        return keycloak.is_healthy()

    try:
        process.start()
        await eventually(is_healthy, DEADLINE_S, interval_s=1.0)
        yield keycloak
    finally:
        process.end()
