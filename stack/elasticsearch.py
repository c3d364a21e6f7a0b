from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from stack.ports import HOST
from stack.privileges import ServerUser
from stack.processes import Launch

HEAP = "1g"
JVM_OPTIONS = """\
-XX:+UseG1GC
-Djava.io.tmpdir=${ES_TMPDIR}
-XX:+ExitOnOutOfMemoryError
"""
# The client compiler alone starts quicker; a test run is too short for the server compiler to pay.
EPHEMERAL_JVM_OPTIONS = """\
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-Djava.io.tmpdir=${ES_TMPDIR}
-XX:+ExitOnOutOfMemoryError
"""


@dataclass(frozen=True)
class Membership:
    """What one of several nodes has to know to find the others."""

    node: str
    # Of all nodes, this one too, by their names.
    transport_ports: Mapping[str, int]
    attributes: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, str]:
        return {
            "node.name": self.node,
            "discovery.seed_hosts": f"[{', '.join(f'{HOST}:{port}' for port in self.transport_ports.values())}]",
            "cluster.initial_master_nodes": f"[{', '.join(self.transport_ports)}]",
            **{f"node.attr.{name}": value for name, value in self.attributes.items()},
        }


ALONE = {"node.name": "tidedesk-1", "discovery.type": "single-node"}


@dataclass(frozen=True)
class Elasticsearch:
    programs: Path
    folder: Path
    port: int
    transport_port: int
    java_home: Path
    user: ServerUser
    ephemeral: bool
    heap: str = HEAP
    membership: Membership | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def _config(self) -> Path:
        return self.folder / "config"

    def prepare(self) -> None:
        for name in ("config", "data", "logs", "tmp"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.copyfile(self.programs / "config" / "log4j2.properties", self._config / "log4j2.properties")
        (self._config / "jvm.options").write_text(EPHEMERAL_JVM_OPTIONS if self.ephemeral else JVM_OPTIONS)
        settings = "".join(f"{name}: {value}\n" for name, value in self._settings().items())
        (self._config / "elasticsearch.yml").write_text(settings)
        self.user.own_tree(self.folder)

    def _settings(self) -> dict[str, str]:
        settings = {
            "cluster.name": "tidedesk",
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "network.host": HOST,
            "http.port": str(self.port),
            "transport.port": str(self.transport_port),
            **(ALONE if self.membership is None else self.membership.settings()),
            "xpack.security.enabled": "false",
            # a misspelt index name is an error, not a new index with a guessed mapping
            "action.auto_create_index": "false",
            # a developer's disk is often nearly full, which would make every index read-only
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        if self.ephemeral:
            # The serial collector leaves garbage until the heap is nearly full, and the breaker would count that as
            # used and answer 429; it counts what requests hold instead.
            settings["indices.breaker.total.use_real_memory"] = "false"
        return settings

    def launch(self) -> Launch:
        environment = {
            "PATH": f"{os.environ.get('PATH', '')}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "ES_JAVA_HOME": str(self.java_home),
            "ES_PATH_CONF": str(self._config),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap}",
        }
        return Launch([str(self.programs / "bin" / "elasticsearch")], environment, self.folder, self.user)

    def is_ready(self) -> bool:
        try:
            with httpx.Client(trust_env=False, timeout=3.0) as client:
                answer = client.get(
                    f"{self.url}/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"}
                )
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK
