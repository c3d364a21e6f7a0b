"""A broker beside the stack, where Kafka carries the changes: one process in KRaft mode, its own controller."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack import servers, toolchain
from stack.errors import StackError
from stack.layout import Layout
from stack.ports import HOST, Ports, require_free
from stack.privileges import ServerUser
from stack.processes import Launch, ManagedProcess
from stack.progress import Progress
from stack.services import KAFKA

# 16 bytes in base64: any will do, as this cluster has one node.
CLUSTER_ID = "dGlkZWRlc2sta2Fma2EtMQ"
DEADLINE_S = 90.0
PROBE_TIMEOUT_S = 2.0
# The client compiler alone starts quicker, and one broker for one machine needs no more.
JVM_OPTIONS = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOG_LEVEL = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"


@dataclass(frozen=True)
class Kafka:
    libraries: Path
    folder: Path
    ports: Ports
    user: ServerUser

    @property
    def address(self) -> str:
        return f"{HOST}:{self.ports.kafka}"

    @property
    def _config(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        self._config.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()))
        self.user.own_tree(self.folder)
        if (self._data / "meta.properties").exists():
            return
        arguments = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._config)]
        done = subprocess.run(
            self._java(*arguments),
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.user.as_popen_arguments(),
        )
        if done.returncode != 0:
            raise StackError(
                f"Kafka could not make its data folder {self._data}.",
                "See what it says; a folder of another cluster has to be moved away first.",
                details=done.stdout + done.stderr,
            )

    def launch(self) -> Launch:
        return Launch(self._java("kafka.Kafka", str(self._config)), self._environment(), self.folder, self.user)

    def is_ready(self) -> bool:
        try:
            socket.create_connection((HOST, self.ports.kafka), PROBE_TIMEOUT_S).close()
        except OSError:
            return False
        return True

    def _java(self, *arguments: str) -> list[str]:
        java = toolchain.java_home() / "bin" / "java"
        return [str(java), *JVM_OPTIONS, LOG_LEVEL, "-cp", f"{self.libraries}/*", *arguments]

    def _environment(self) -> dict[str, str]:
        return {"PATH": f"{os.environ.get('PATH', '')}:/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}

    def _settings(self) -> dict[str, str]:
        controller = f"{HOST}:{self.ports.kafka_controller}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.address}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self._data),
            # A misspelt topic is an error, not a new topic.
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "2",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "1",
            # Nobody else will join: a group need not wait for more members.
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
        }


class KafkaProcess:
    def __init__(self, layout: Layout, ports: Ports, progress: Progress) -> None:
        self._user = ServerUser.choose()
        self._folder = layout.store_folder(KAFKA.name, self._user)
        self._ports = ports
        self._progress = progress
        self.process = ManagedProcess(KAFKA, layout)

    @property
    def address(self) -> str:
        return f"{HOST}:{self._ports.kafka}"

    def launch(self) -> None:
        if self.process.is_alive():
            return
        ports = {"Kafka": self._ports.kafka, "Kafka's controller": self._ports.kafka_controller}
        require_free(ports, base=self._ports.base)
        broker = self._broker()
        broker.prepare()
        self.process.start(broker.launch())

    def wait(self) -> None:
        with self._progress.step(f"Kafka on port {self._ports.kafka}"):
            self.process.wait_until(self._broker().is_ready, deadline_s=DEADLINE_S)

    def _broker(self) -> Kafka:
        libraries = servers.kafka_libraries(self._user, self._progress.note)
        return Kafka(libraries, self._folder, self._ports, self._user)
