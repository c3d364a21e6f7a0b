from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from runtime.saved_environment import PROJECT
from stack import redis, servers, toolchain
from stack.errors import StackError
from stack.layout import Layout
from stack.ports import Ports, holder_of, is_free
from stack.postgres import Postgres
from stack.privileges import ServerUser
from stack.processes import tail
from stack.services import ALL, OPTIONAL
from stack.status import StackStatus, read_status

NEEDED_DISK_BYTES = 2 * 1024**3
NEEDED_MEMORY_KIB = 3 * 1024**2
PYTHONS = ((3, 10), (3, 11))


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    detail: str
    fix: str = ""


def examine(layout: Layout, port_base: int | None) -> list[Finding]:
    status = read_status(layout)
    ports = Ports(port_base or status.port_base)
    checks: list[Callable[[], Iterator[Finding]]] = [
        _python,
        _packages,
        _jdk,
        _servers,
        _redis,
        lambda: _disk(layout.data_dir),
        _memory,
        lambda: _ports(ports, status),
        lambda: _processes(layout, status),
        lambda: _migrations(layout, status),
    ]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check()
        except StackError as problem:
            findings.append(Finding(problem.problem, False, problem.problem, problem.fix))
    return findings


def _python() -> Iterator[Finding]:
    version = platform.python_version()
    ok = sys.version_info[:2] in PYTHONS
    yield Finding("Python", ok, version, "" if ok else "Use Python 3.10 or 3.11: make setup")


def _packages() -> Iterator[Finding]:
    wanted = _locked_versions(PROJECT / "requirements.txt")
    installed = {
        distribution.name.lower().replace("_", "-"): distribution.version for distribution in metadata.distributions()
    }
    for name in ("pydantic", "fastapi", "sqlalchemy", "elasticsearch", "redis", "arq"):
        have, want = installed.get(name, "missing"), wanted.get(name, "unlocked")
        if have != want:
            yield Finding("Packages", False, f"{name} is {have}, the lock says {want}", "Install the lock: make setup")
            return
    yield Finding("Packages", True, "as in requirements.txt")


def _locked_versions(lock: Path) -> dict[str, str]:
    pins = (line.split()[0].partition("==") for line in lock.read_text().splitlines() if "==" in line.split(" ;")[0])
    return {name.split("[")[0]: version for name, _, version in pins}


def _jdk() -> Iterator[Finding]:
    home = toolchain.java_home()
    yield Finding("JDK", True, f"{toolchain.java_version(home)} in {home}")


def _servers() -> Iterator[Finding]:
    if servers.is_built():
        yield Finding("Servers", True, "fetched, plugin built")
    else:
        yield Finding("Maven", True, str(toolchain.maven()))
        yield Finding("Servers", False, "not fetched, or the plugin's source is newer", "Fetch and build: make setup")


def _redis() -> Iterator[Finding]:
    program = redis.find_installed_or_bundled()
    yield Finding("Redis", True, f"{'.'.join(map(str, redis.version_of(program)))} at {program}")


def _disk(data_dir: Path) -> Iterator[Finding]:
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    ok = free >= NEEDED_DISK_BYTES
    yield Finding("Disk", ok, f"{free / 1024**3:.1f} GiB free", "" if ok else "Free at least 2 GiB, or use --data-dir.")


def _memory() -> Iterator[Finding]:
    lines = Path("/proc/meminfo").read_text().splitlines()
    available = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    ok = available >= NEEDED_MEMORY_KIB
    fix = "" if ok else "Close other programs: the stack needs about 3 GiB."
    yield Finding("Memory", ok, f"{available / 1024**2:.1f} GiB available", fix)


def _ports(ports: Ports, status: StackStatus) -> Iterator[Finding]:
    ours = {service.name for service in status.services if service.pid} if ports.base == status.port_base else set()
    wanted = {
        "write_api": ports.write_api,
        "read_api": ports.read_api,
        "postgres": ports.postgres,
        "redis": ports.redis,
        "elasticsearch": ports.elasticsearch,
    }
    taken = {name: port for name, port in wanted.items() if name not in ours and not is_free(port)}
    for name, port in taken.items():
        holder = holder_of(port) or "another program"
        yield Finding("Ports", False, f"{port} for {name} is taken by {holder}", "Stop it, or use --port-base.")
    if not taken:
        yield Finding("Ports", True, f"{ports.base} and those that follow are free or ours")


def _processes(layout: Layout, status: StackStatus) -> Iterator[Finding]:
    if status.is_stopped:
        yield Finding("Processes", True, "Tidedesk is not running; start it with: make up")
        return
    labels = {service.name: service.label for service in (*ALL, *OPTIONAL)}
    for service in status.services:
        if service.state == "ready":
            yield Finding(labels[service.name], True, f"pid {service.pid}")
            continue
        log = layout.log(service.name)
        last = tail(log, 1)
        detail = service.reason or f"stopped; its last words: {last}"
        yield Finding(labels[service.name], False, detail, f"See {log}, then: tidedesk up")


def _migrations(layout: Layout, status: StackStatus) -> Iterator[Finding]:
    if not any(service.name == "postgres" and service.state == "ready" for service in status.services):
        return
    heads = ScriptDirectory.from_config(Config(str(PROJECT / "alembic.ini"))).get_heads()
    user = ServerUser.choose()
    postgres = Postgres(layout.data_dir, layout.data_dir, Ports(status.port_base).postgres, user, ephemeral=False)
    current = postgres.fetch_value("SELECT string_agg(version_num, ',') FROM alembic_version")
    ok = current == ",".join(heads)
    fix = "" if ok else "Run: alembic upgrade head   (`tidedesk up` does it, too)"
    yield Finding(
        "Migrations", ok, "none pending" if ok else f"at {current or 'nothing'}, the code has {', '.join(heads)}", fix
    )
