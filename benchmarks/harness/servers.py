"""Processes under measurement, started and stopped by their ids."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from redis.asyncio import Redis

from benchmarks.harness.children import ROOT, ChildFailed, environment_of
from read_models.keys import Keys
from runtime.serving import UVICORN_OPTIONS
from runtime.settings import Settings

# As the stack starts our APIs. The bare applications beside them get the same, but for the protocol that is our own.
UVICORN = (*UVICORN_OPTIONS, "--log-level", "warning")
BARE = "benchmarks.bare."
BARE_PROTOCOL = ("--http", "httptools")
READY_DEADLINE_S = 60.0
STOP_DEADLINE_S = 30.0


@dataclass
class Process:
    """`url` is empty where nothing listens."""

    popen: subprocess.Popen[bytes]
    log: Path
    url: str = ""

    def assert_alive(self) -> None:
        if self.popen.poll() is not None:
            raise ChildFailed(f"{self.log.stem} ended with {self.popen.returncode}:\n{self.log.read_text()[-2_000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running(name: str, command: list[str], environment: Mapping[str, str], logs: Path) -> AsyncIterator[Process]:
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("ab") as output:
        popen = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Process(popen, log)
    finally:
        popen.terminate()
        try:
            popen.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()


@asynccontextmanager
async def serving(
    application: str, environment: Mapping[str, str], logs: Path, ready_path: str = "/readyz"
) -> AsyncIterator[Process]:
    port = free_port()
    factory = ["--factory"] if application.endswith(":create_app") else []
    protocol = BARE_PROTOCOL if application.startswith(BARE) else ()
    command = ["uvicorn", application, *factory, "--host", "127.0.0.1", "--port", str(port), *UVICORN, *protocol]
    name = application.partition(":")[0]
    async with running(name, command, environment, logs) as process:
        process.url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=process.url, trust_env=False, timeout=3.0) as http:
            give_up = time.monotonic() + READY_DEADLINE_S
            while not await _answers(http, ready_path):
                process.assert_alive()
                if time.monotonic() > give_up:
                    raise ChildFailed(f"{name} was not ready within {READY_DEADLINE_S:.0f} s: see {process.log}")
                await asyncio.sleep(0.05)
        yield process


def product(name: str, settings: Settings, logs: Path) -> AbstractAsyncContextManager[Process]:
    """`write_api` or `read_api` as it is shipped."""
    return serving(f"{name}.main:app", environment_of(settings), logs)


@asynccontextmanager
async def projecting(settings: Settings, logs: Path) -> AsyncIterator[Process]:
    async with running("projector", ["projector", "run"], environment_of(settings), logs) as process:
        yield process
        process.assert_alive()


async def until_published(settings: Settings) -> None:
    """The projector has made its indices and said for the first time how far it is."""
    async with Redis.from_url(settings.redis_url) as redis:
        give_up = time.monotonic() + READY_DEADLINE_S
        while not await redis.exists(Keys(settings.namespace).freshness):
            if time.monotonic() > give_up:
                raise ChildFailed(f"the projector said nothing within {READY_DEADLINE_S:.0f} s")
            await asyncio.sleep(0.05)


async def _answers(http: httpx.AsyncClient, path: str) -> bool:
    try:
        return (await http.get(path)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
