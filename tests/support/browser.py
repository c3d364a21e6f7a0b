"""A whole stack with its pages, as `tidedesk up` runs it, and the tests in frontend/e2e that a browser does on it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from stack.layout import Layout
from stack.ports import HOST, Ports
from stack.processes import ManagedProcess
from stack.services import PROJECTOR
from tests.support.database import ROOT
from tests.support.free_ports import free_port_base

SPECS = ROOT / "frontend" / "e2e"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Elasticsearch on two busy cores, after a build of the pages.
START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Tools:
    node: str
    npm: str
    chromium: str

    @classmethod
    def found(cls) -> Tools | str:
        """The tools, or why there are none."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            return "node 20 with npm is missing: the pages cannot be built"
        chromium = next((path for name in BROWSERS if (path := shutil.which(name))), None)
        if chromium is None:
            return "no Chromium: see frontend/e2e/install-browser.sh"
        return cls(node, npm, chromium)

    def install(self) -> None:
        """What frontend/e2e needs from the npm registry: once, whoever comes first."""
        locks = ROOT / ".cache"
        locks.mkdir(exist_ok=True)
        with FileLock(locks / "e2e-install.lock"):
            lock = (SPECS / "package-lock.json").read_bytes()
            installed = SPECS / "node_modules" / ".tidedesk-lock.json"
            if installed.exists() and installed.read_bytes() == lock:
                return
            run([self.npm, "ci", "--no-audit", "--no-fund", "--silent"], SPECS)
            installed.write_bytes(lock)


@dataclass(frozen=True)
class BrowserStack:
    tools: Tools
    ports: Ports
    data_dir: Path

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.ports.frontend}"

    @property
    def commands(self) -> str:
        return f"http://{HOST}:{self.ports.write_api}"

    @property
    def queries(self) -> str:
        return f"http://{HOST}:{self.ports.read_api}"

    @property
    def projector(self) -> ManagedProcess:
        return ManagedProcess(PROJECTOR, Layout.at(self.data_dir))

    async def run_spec(self, spec: str) -> tuple[int, str]:
        """Exit status and what was printed. Meanwhile this loop goes on, with the provider of identities in it."""
        environment = {
            **os.environ,
            "CHROMIUM": self.tools.chromium,
            "TIDEDESK_E2E_ADDRESS": self.address,
            "TIDEDESK_E2E_COMMANDS": self.commands,
            "TIDEDESK_E2E_QUERIES": self.queries,
            "TIDEDESK_E2E_PROJECTOR_PID": str(self.projector.pid),
            "TIDEDESK_E2E_PYTHON": sys.executable,
            "TIDEDESK_E2E_DATA_DIR": str(self.data_dir),
        }
        process = await asyncio.create_subprocess_exec(
            self.tools.node,
            "node_modules/@playwright/test/cli.js",
            "test",
            spec,
            cwd=SPECS,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode(errors="replace")


@asynccontextmanager
async def browser_stack(tools: Tools, data_dir: Path, settings: Mapping[str, str]) -> AsyncIterator[BrowserStack]:
    ports = Ports(free_port_base())
    command = [sys.executable, "-m", "stack", "up", "--json", "--ephemeral", "--data-dir", str(data_dir)]
    log_path = data_dir.with_suffix(".log")
    with log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            "--port-base",
            str(ports.base),
            cwd=ROOT,
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    try:
        await asyncio.wait_for(_until_ready(process, log_path), START_TIMEOUT_S)
        yield BrowserStack(tools, ports, data_dir)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.communicate(), STOP_TIMEOUT_S)


def run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


async def _until_ready(process: asyncio.subprocess.Process, log_path: Path) -> None:
    assert process.stdout is not None
    said: list[str] = []
    async for line in process.stdout:
        said.append(line.decode(errors="replace"))
        if json.loads(line).get("event") == "ready":
            return
    raise RuntimeError(f"the stack did not start:\n{''.join(said)}{log_path.read_text(errors='replace')}")
