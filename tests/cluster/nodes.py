"""Three nodes of Elasticsearch that form a cluster, each of which can be killed and started again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any

import httpx

from stack.elasticsearch import Elasticsearch, Membership
from stack.layout import Layout
from stack.ports import HOST
from stack.processes import ManagedProcess
from stack.services import ELASTICSEARCH
from tests.support.eventually import eventually

NAMES = ("tidedesk-1", "tidedesk-2", "tidedesk-3")
# Two in one, so that copies on different nodes are not yet copies in different zones.
ZONES = ("a", "a", "b")
# Enough for the documents of a test; three of them run beside everything else.
HEAP = "384m"
DEADLINE_S = 240.0
QUESTION_TIMEOUT_S = 30.0


@dataclass
class Node:
    name: str
    server: Elasticsearch
    process: ManagedProcess
    # Of its last run, while that may still be ending.
    killed_group: int | None = None

    def start(self) -> None:
        self.server.prepare()
        self.process.start(self.server.launch())


class Nodes:
    """`first` is the node that the stores start, `ports` (HTTP, transport) are those of the others."""

    def __init__(
        self, layout: Layout, first: Elasticsearch, first_process: ManagedProcess, ports: list[tuple[int, int]]
    ) -> None:
        transport_ports = dict(zip(NAMES, [first.transport_port, *(transport for _, transport in ports)]))
        members = [Membership(name, transport_ports, {"zone": zone}) for name, zone in zip(NAMES, ZONES, strict=True)]
        self.first = replace(first, heap=HEAP, membership=members[0])
        self._nodes = {NAMES[0]: Node(NAMES[0], self.first, first_process)}
        for number, (member, (port, transport_port)) in enumerate(zip(members[1:], ports, strict=True), start=2):
            service = replace(ELASTICSEARCH, name=f"elasticsearch-{number}", label=f"Elasticsearch, node {number}")
            folder = layout.store_folder(service.name, first.user)
            server = replace(self.first, folder=folder, port=port, transport_port=transport_port, membership=member)
            self._nodes[member.node] = Node(member.node, server, ManagedProcess(service, layout))

    @property
    def urls(self) -> str:
        return ",".join(node.server.url for node in self._nodes.values())

    @property
    def others(self) -> list[ManagedProcess]:
        """Those that the stores know nothing of."""
        return [node.process for node in self._nodes.values() if node.name != NAMES[0]]

    def start_others(self) -> None:
        for node in self._nodes.values():
            if node.name != NAMES[0]:
                node.start()

    def kill(self, name: str) -> None:
        node = self._nodes[name]
        node.killed_group = node.process.pid
        node.process.kill()

    async def start(self, name: str) -> None:
        """After `kill`."""
        node = self._nodes[name]
        assert node.killed_group is not None
        await asyncio.to_thread(node.process.wait_stopped, node.killed_group)
        node.start()
        await self.whole()

    async def whole(self) -> None:
        """All nodes are in, and each copy of each shard has started."""

        async def is_whole() -> bool:
            health = await asyncio.to_thread(self.ask, "/_cluster/health")
            assert health["number_of_nodes"] == len(NAMES), f"{health['number_of_nodes']} nodes"
            assert health["status"] == "green", f"{health['status']}, {health['unassigned_shards']} copies missing"
            return True

        await eventually(is_whole, DEADLINE_S, interval_s=0.5)

    def primary_of(self, index: str) -> str:
        """The node that has it; of several indices, the newest."""
        shards = self.ask(f"/_cat/shards/{index}?format=json&h=index,prirep,node")
        holders = {shard["index"]: shard["node"] for shard in shards if shard["prirep"] == "p"}
        return str(holders[max(holders)])

    def master(self) -> str:
        return str(self.ask("/_cat/master?format=json")[0]["node"])

    def zones_of(self, index: str) -> list[set[str]]:
        """Of each shard, where its copies are."""
        shards = self.ask(f"/_cat/shards/{index}?format=json&h=index,shard,node")
        zones: dict[tuple[str, str], set[str]] = {}
        for shard in shards:
            # One that is moving names where it is, and then where it goes.
            zone = ZONES[NAMES.index(shard["node"].split()[0])] if shard["node"] else "none"
            zones.setdefault((shard["index"], shard["shard"]), set()).add(zone)
        return list(zones.values())

    def ask(self, path: str) -> Any:
        """Whoever is there."""
        for node in self._nodes.values():
            try:
                answer = httpx.get(f"{node.server.url}{path}", timeout=QUESTION_TIMEOUT_S, trust_env=False)
                answer.raise_for_status()
                return answer.json()
            except httpx.HTTPError as error:
                failure = error
        raise AssertionError(f"none of the nodes on {HOST} answers {path}: {failure!r}")
