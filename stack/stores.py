from __future__ import annotations

from pathlib import Path

from stack import redis, servers, toolchain
from stack.credentials import Credentials
from stack.elasticsearch import Elasticsearch
from stack.layout import Layout
from stack.ports import Ports, require_free
from stack.postgres import Postgres
from stack.privileges import ServerUser
from stack.processes import ManagedProcess, PidFile, ProcessSpec
from stack.progress import Progress, Silent
from stack.redis import Redis

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
        self.layout = Layout.at(data_dir)
        self.ports = Ports(port_base)
        self.progress: Progress = progress or Silent()
        self.layout.create()
        self.credentials = Credentials.load_or_create(self.layout.data_dir / "credentials.json")
        servers.build(self.progress.note)
        user = ServerUser.choose()
        unpacked = servers.unpack(user, self.progress.note)
        self.postgres = Postgres(
            programs=unpacked.postgres,
            folder=self.layout.store_folder("postgres", user),
            port=self.ports.postgres,
            password=self.credentials.postgres_password,
            user=user,
            ephemeral=ephemeral,
        )
        self.redis = Redis(
            program=redis.find_program(user, unpacked.folder),
            folder=self.layout.store_folder("redis", user),
            port=self.ports.redis,
            user=user,
            ephemeral=ephemeral,
        )
        self.elasticsearch = Elasticsearch(
            programs=unpacked.elasticsearch,
            folder=self.layout.store_folder("elasticsearch", user),
            port=self.ports.elasticsearch,
            transport_port=self.ports.elasticsearch_transport,
            java_home=toolchain.java_home(),
            user=user,
            ephemeral=ephemeral,
        )
        self.processes = [self._manage(store.spec()) for store in (self.postgres, self.redis, self.elasticsearch)]

    @property
    def postgres_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.redis.url

    @property
    def elasticsearch_url(self) -> str:
        return self.elasticsearch.url

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
        self._require_ports()
        postgres, redis_server, elasticsearch = self.processes
        if not elasticsearch.is_alive():
            self.elasticsearch.prepare()
            elasticsearch.start()
        if not postgres.is_alive():
            self.postgres.prepare(postgres.log)
            postgres.start()
        if not redis_server.is_alive():
            redis_server.start()

    def wait_for_postgres(self) -> None:
        with self.progress.step(f"Postgres on port {self.ports.postgres}"):
            self.processes[0].wait_until(self.postgres.is_ready, deadline_s=POSTGRES_DEADLINE_S)
            self.postgres.create_database()

    def wait_for_redis(self) -> None:
        with self.progress.step(f"Redis on port {self.ports.redis}"):
            self.processes[1].wait_until(self.redis.is_ready, deadline_s=REDIS_DEADLINE_S)

    def wait_for_elasticsearch(self) -> None:
        with self.progress.step(f"Elasticsearch on port {self.ports.elasticsearch}"):
            self.processes[2].wait_until(self.elasticsearch.is_ready, deadline_s=ELASTICSEARCH_DEADLINE_S)

    def stop(self) -> None:
        for process in self.processes:
            process.signal_stop()
        for process in self.processes:
            process.wait_stopped()

    def _manage(self, spec: ProcessSpec) -> ManagedProcess:
        return ManagedProcess(spec, PidFile(self.layout.pid_file(spec.name)), self.layout.log(spec.name))

    def _require_ports(self) -> None:
        postgres, redis_server, elasticsearch = self.processes
        needed = {
            "Postgres": (postgres, self.ports.postgres),
            "Redis": (redis_server, self.ports.redis),
            "Elasticsearch": (elasticsearch, self.ports.elasticsearch),
            "Elasticsearch's transport": (elasticsearch, self.ports.elasticsearch_transport),
        }
        wanted = {purpose: port for purpose, (process, port) in needed.items() if not process.is_alive()}
        require_free(wanted, base=self.ports.base)
