"""Everything twice or three times on one machine: Elasticsearch's nodes, Postgres and its standby. One Redis."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stack.services import ELASTICSEARCH, POSTGRES
from stack.stores import Stores
from tests.cluster.nodes import Nodes
from tests.cluster.pair import Pair
from tests.faults import warden
from tests.faults.stack import KEEPER_TIMEOUT_S, FaultStack
from tests.support.addresses import StoreAddresses
from tests.support.database import ensure_template
from tests.support.free_ports import free_port_base

# Behind those of the stores: HTTP and transport of two nodes, and the second Postgres.
FURTHER_PORTS = (15, 16, 17, 18, 19)


@dataclass
class ClusterStack(FaultStack):
    def __post_init__(self) -> None:
        by_name = {process.service.name: process for process in self.stores.processes}
        ports = [self.stores.ports.base + offset for offset in FURTHER_PORTS]
        self.nodes = Nodes(
            self.layout,
            self.stores.elasticsearch,
            by_name[ELASTICSEARCH.name],
            [(ports[0], ports[1]), (ports[2], ports[3])],
        )
        self.stores.elasticsearch = self.nodes.first
        self.pair = Pair(self.layout, self.stores.postgres, by_name[POSTGRES.name], ports[4])

    @property
    def addresses(self) -> StoreAddresses:
        return StoreAddresses(self.pair.url, self.stores.redis_url, self.nodes.urls)

    @property
    def changes(self) -> dict[str, Any]:
        return {"elasticsearch_replicas": ("1",), "elasticsearch_awareness": "zone"}

    async def start(self) -> None:
        await asyncio.to_thread(self.nodes.start_others)
        await asyncio.to_thread(self.stores.start)
        await self.nodes.whole()
        self.template = await ensure_template(self.addresses)


@asynccontextmanager
async def cluster_stack() -> AsyncIterator[ClusterStack]:
    folder = Path(tempfile.gettempdir()) / f"tidedesk-cluster-{secrets.token_hex(6)}"
    folder.mkdir()
    keeper = warden.start(folder)
    stack: ClusterStack | None = None
    try:
        stores = Stores(folder, free_port_base(FURTHER_PORTS), ephemeral=True)
        # What was acknowledged has to survive.
        stores.postgres = replace(stores.postgres, ephemeral=False)
        stack = ClusterStack(folder, stores)
        await stack.start()
        yield stack
    finally:
        await asyncio.to_thread(_end, keeper, stack)


def _end(keeper: subprocess.Popen[bytes], stack: ClusterStack | None) -> None:
    processes = [*stack.stores.processes, *stack.nodes.others, stack.pair.second_process] if stack else []
    running = [(process, process.pid) for process in processes]
    assert keeper.stdin is not None
    keeper.stdin.close()
    keeper.wait(KEEPER_TIMEOUT_S)
    for process, pid in running:
        if pid is not None:
            process.wait_stopped(pid)
