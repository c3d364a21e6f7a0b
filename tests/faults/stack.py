"""Real stores on ports of their own, each of which can be killed, paused and started again."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stack.kafka import KafkaProcess
from stack.layout import Layout
from stack.processes import ManagedProcess
from stack.progress import Silent
from stack.stores import Stores
from tests.faults import warden
from tests.support.addresses import StoreAddresses
from tests.support.database import ensure_template
from tests.support.free_ports import free_port_base

# Above the 8 MB of a bulk request and below what a poison document has, so that one need not be 100 MB.
LARGEST_REQUEST = "-Ehttp.max_content_length=12mb"
TINY_WRITE_QUEUE = "-Ethread_pool.write.queue_size=1"
KEEPER_TIMEOUT_S = 30.0


@dataclass
class FaultStack:
    folder: Path
    stores: Stores
    template: str = ""
    has_tiny_queue: bool = False
    _broker: KafkaProcess | None = None

    @property
    def layout(self) -> Layout:
        return Layout.at(self.folder)

    @property
    def addresses(self) -> StoreAddresses:
        return StoreAddresses(self.stores.postgres_url, self.stores.redis_url, self.stores.elasticsearch_url)

    @property
    def changes(self) -> dict[str, Any]:
        """Of the settings of all processes."""
        return {}

    @property
    def processes(self) -> list[ManagedProcess]:
        return [*self.stores.processes, *([self._broker.process] if self._broker else [])]

    async def start(self) -> None:
        self._start_elasticsearch_process()
        await asyncio.to_thread(self.stores.start)
        self.template = await ensure_template(self.addresses)

    def signal_store(self, name: str, number: signal.Signals) -> None:
        """To the server and its helpers."""
        os.killpg(self.stores.pids[name], number)

    async def kill_elasticsearch(self) -> None:
        await self._kill("elasticsearch")

    async def start_elasticsearch(self, *, tiny_queue: bool = False) -> None:
        self._start_elasticsearch_process(tiny_queue=tiny_queue)
        await asyncio.to_thread(self.stores.wait_for_elasticsearch)

    def _start_elasticsearch_process(self, *, tiny_queue: bool = False) -> None:
        self.has_tiny_queue = tiny_queue
        server = self.stores.elasticsearch
        server.prepare()
        launch = server.launch()
        options = [LARGEST_REQUEST, *([TINY_WRITE_QUEUE] if tiny_queue else [])]
        self._process("elasticsearch").start(replace(launch, command=[*launch.command, *options]))

    async def restart_postgres(self) -> None:
        """Immediate: no checkpoint, every session cut, recovery from the log at the next start."""
        pid, process = self.stores.pids["postgres"], self._process("postgres")
        os.kill(pid, signal.SIGQUIT)
        await asyncio.to_thread(process.wait_stopped, pid)
        process.start(self.stores.postgres.launch())
        await asyncio.to_thread(self.stores.wait_for_postgres)

    async def restart_redis_empty(self) -> None:
        await self._kill("redis")
        self._process("redis").start(self.stores.redis.launch())
        await asyncio.to_thread(self.stores.wait_for_redis)

    async def start_broker(self) -> str:
        """Its address. It begins anew with the stack, not with each start."""
        broker = self._broker = self._broker or KafkaProcess(self.layout, self.stores.ports, Silent())
        broker.launch()
        await asyncio.to_thread(broker.wait)
        return broker.address

    async def kill_broker(self) -> None:
        assert self._broker is not None and self._broker.process.pid is not None
        await self._end(self._broker.process, self._broker.process.pid)

    async def _kill(self, name: str) -> None:
        await self._end(self._process(name), self.stores.pids[name])

    async def _end(self, process: ManagedProcess, group: int) -> None:
        process.kill()
        await asyncio.to_thread(process.wait_stopped, group)

    def _process(self, name: str) -> ManagedProcess:
        (process,) = [process for process in self.stores.processes if process.service.name == name]
        return process


@asynccontextmanager
async def fault_stack() -> AsyncIterator[FaultStack]:
    folder = Path(tempfile.gettempdir()) / f"tidedesk-faults-{secrets.token_hex(6)}"
    folder.mkdir()
    keeper = warden.start(folder)
    stack: FaultStack | None = None
    try:
        stores = Stores(folder, free_port_base(), ephemeral=True)
        # What was acknowledged has to survive a hard stop.
        stores.postgres = replace(stores.postgres, ephemeral=False)
        stack = FaultStack(folder, stores)
        await stack.start()
        yield stack
    finally:
        await asyncio.to_thread(_end, keeper, stack)


def _end(keeper: subprocess.Popen[bytes], stack: FaultStack | None) -> None:
    running = [(process, process.pid) for process in stack.processes] if stack else []
    assert keeper.stdin is not None
    keeper.stdin.close()
    keeper.wait(KEEPER_TIMEOUT_S)
    for process, pid in running:
        if pid is not None:
            process.wait_stopped(pid)
