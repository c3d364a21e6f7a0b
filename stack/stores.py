from __future__ import annotations

from pathlib import Path

from stack import redis, servers, toolchain
from stack.elasticsearch import Elasticsearch
from stack.layout import Layout
from stack.ports import Ports, require_free
from stack.postgres import Postgres
from stack.privileges import ServerUser
from stack.processes import ManagedProcess, stop_together
from stack.progress import Progress, Silent
from stack.redis import Redis
from stack.services import ELASTICSEARCH, POSTGRES, REDIS

POSTGRES_DEADLINE_S = 60.0
REDIS_DEADLINE_S = 30.0
ELASTICSEARCH_DEADLINE_S = 180.0


class Stores:
    """Postgres, Redis and Elasticsearch of one data folder; running ones are taken over, not started twice.

    Tests use it directly: `Stores(folder, port_base, ephemeral=True)`, `start()`, the three addresses, `stop()`.
    """

    def __init__(
        self, data_dir: Path, port_base: int, *, ephemeral: bool = False, progress: Progress | None = None
    ) -> None:
        layout = Layout.at(data_dir)
        layout.create()
        self.ports = Ports(port_base)
        self.progress: Progress = progress or Silent()
        servers.build(self.progress.note)
        user = ServerUser.choose()
        unpacked = servers.unpack(user, self.progress.note)
        if not user.may_pass(layout.data_dir):
            place = layout.store_folder(POSTGRES.name, user).parent
            self.progress.note(f"{layout.data_dir} is closed to the servers' user, so their data is in {place}")
        self.postgres = Postgres(
            programs=unpacked.postgres,
            folder=layout.store_folder(POSTGRES.name, user),
            port=self.ports.postgres,
            user=user,
            ephemeral=ephemeral,
        )
        self.redis = Redis(
            program=redis.find_program(user, unpacked.folder),
            folder=layout.store_folder(REDIS.name, user),
            port=self.ports.redis,
            user=user,
            ephemeral=ephemeral,
        )
        self.elasticsearch = Elasticsearch(
            programs=unpacked.elasticsearch,
            folder=layout.store_folder(ELASTICSEARCH.name, user),
            port=self.ports.elasticsearch,
            transport_port=self.ports.elasticsearch_transport,
            java_home=toolchain.java_home(),
            user=user,
            ephemeral=ephemeral,
        )
        self._postgres_process = ManagedProcess(POSTGRES, layout)
        self._redis_process = ManagedProcess(REDIS, layout)
        self._elasticsearch_process = ManagedProcess(ELASTICSEARCH, layout)
        self.processes = [self._postgres_process, self._redis_process, self._elasticsearch_process]

    @property
    def postgres_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.redis.url

    @property
    def elasticsearch_url(self) -> str:
        return self.elasticsearch.url

    @property
    def pids(self) -> dict[str, int]:
        return {process.service.name: process.pid for process in self.processes if process.pid is not None}

    def start(self) -> None:
        try:
            self.launch()
            self.wait_for_postgres()
            self.wait_for_redis()
            self.wait_for_elasticsearch()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Starts all three at once; each is waited for where it is first needed."""
        require_free(self._missing_ports(), base=self.ports.base)
        if not self._elasticsearch_process.is_alive():
            self.elasticsearch.prepare()
            self._elasticsearch_process.start(self.elasticsearch.launch())
        if not self._postgres_process.is_alive():
            self.postgres.prepare(self._postgres_process.log)
            self._postgres_process.start(self.postgres.launch())
        if not self._redis_process.is_alive():
            self._redis_process.start(self.redis.launch())

    def wait_for_postgres(self) -> None:
        with self.progress.step(f"Postgres on port {self.ports.postgres}"):
            self._postgres_process.wait_until(self.postgres.is_ready, deadline_s=POSTGRES_DEADLINE_S)
            self.postgres.create_database()

    def wait_for_redis(self) -> None:
        with self.progress.step(f"Redis on port {self.ports.redis}"):
            self._redis_process.wait_until(self.redis.is_ready, deadline_s=REDIS_DEADLINE_S)

    def wait_for_elasticsearch(self) -> None:
        with self.progress.step(f"Elasticsearch on port {self.ports.elasticsearch}"):
            self._elasticsearch_process.wait_until(self.elasticsearch.is_ready, deadline_s=ELASTICSEARCH_DEADLINE_S)

    def stop(self) -> None:
        stop_together(self.processes)

    def _missing_ports(self) -> dict[str, int]:
        wanted = {}
        if not self._postgres_process.is_alive():
            wanted["Postgres"] = self.ports.postgres
        if not self._redis_process.is_alive():
            wanted["Redis"] = self.ports.redis
        if not self._elasticsearch_process.is_alive():
            wanted["Elasticsearch"] = self.ports.elasticsearch
            wanted["Elasticsearch's transport"] = self.ports.elasticsearch_transport
        return wanted
