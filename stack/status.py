from __future__ import annotations

import socket
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from stack import messages
from stack.layout import Layout
from stack.ports import DEFAULT_PORT_BASE, HOST, Ports
from stack.processes import ManagedProcess
from stack.services import ALL, OPTIONAL, READ_API, WRITE_API
from stack.state import State

PROBE_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class ServiceStatus:
    name: str
    state: str
    pid: int | None
    address: str | None
    reason: str | None = None


@dataclass(frozen=True)
class StackStatus:
    data_dir: str
    port_base: int
    started_at: str | None
    services: list[ServiceStatus]

    @property
    def is_whole(self) -> bool:
        return all(service.state == "ready" for service in self.services)

    @property
    def is_stopped(self) -> bool:
        return all(service.state == "stopped" for service in self.services)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_status(layout: Layout) -> StackStatus:
    saved = State.load(layout.state_file)
    ports = Ports(saved.port_base if saved else DEFAULT_PORT_BASE)
    known = messages.addresses(ports)
    processes = [ManagedProcess(service, layout) for service in ALL]
    processes += [process for service in OPTIONAL if (process := ManagedProcess(service, layout)).is_alive()]
    services = [_service(process, ports, known.get(process.service.name)) for process in processes]
    return StackStatus(str(layout.data_dir), ports.base, saved.started_at if saved else None, services)


def _service(process: ManagedProcess, ports: Ports, address: str | None) -> ServiceStatus:
    pid = process.pid
    if pid is None:
        return ServiceStatus(process.service.name, "stopped", None, address)
    reason = _why_not_ready(process.service.name, ports)
    return ServiceStatus(process.service.name, "not ready" if reason else "ready", pid, address, reason)


def _why_not_ready(name: str, ports: Ports) -> str | None:
    if name in (WRITE_API.name, READ_API.name):
        return _api_problem(ports.write_api if name == WRITE_API.name else ports.read_api)
    port = {
        "postgres": ports.postgres,
        "redis": ports.redis,
        "elasticsearch": ports.elasticsearch,
        "keycloak": ports.keycloak,
        "frontend": ports.frontend,
    }.get(name)
    if port is None:
        return None
    try:
        socket.create_connection((HOST, port), PROBE_TIMEOUT_S).close()
    except OSError as problem:
        return f"port {port}: {problem.strerror or problem}"
    return None


def _api_problem(port: int) -> str | None:
    try:
        with httpx.Client(trust_env=False, timeout=PROBE_TIMEOUT_S) as client:
            answer = client.get(f"http://{HOST}:{port}/readyz")
    except httpx.HTTPError as problem:
        return f"port {port}: {problem}"
    return (
        None if answer.status_code == httpx.codes.OK else f"/readyz answers {answer.status_code}: {answer.text[:200]}"
    )
