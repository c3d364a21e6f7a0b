from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

HOST = "127.0.0.1"
DEFAULT_PORT_BASE = 8000
LISTENING = "0A"


@dataclass(frozen=True)
class Ports:
    base: int = DEFAULT_PORT_BASE

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= 65_500:
            raise StackError(f"The port base {self.base} cannot be used.", "Choose one from 1024 to 65500.")

    @property
    def write_api(self) -> int:
        return self.base

    @property
    def read_api(self) -> int:
        return self.base + 1

    @property
    def frontend(self) -> int:
        return self.base + 2

    @property
    def pages_url(self) -> str:
        return f"http://{HOST}:{self.frontend}"

    @property
    def frontend_dev(self) -> int:
        """Where `make dev` has hot reload."""
        return self.base + 3

    @property
    def postgres(self) -> int:
        return self.base + 10

    @property
    def redis(self) -> int:
        return self.base + 11

    @property
    def elasticsearch(self) -> int:
        return self.base + 12

    @property
    def elasticsearch_transport(self) -> int:
        return self.base + 13

    @property
    def keycloak(self) -> int:
        return self.base + 14

    @property
    def kafka(self) -> int:
        return self.base + 15

    @property
    def kafka_controller(self) -> int:
        return self.base + 16


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # a port whose last connections are still in TIME_WAIT is free to us
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(wanted: dict[str, int], *, base: int) -> None:
    for purpose, port in wanted.items():
        if not is_free(port):
            raise taken(purpose, port, base=base, holder=holder_of(port))


def taken(purpose: str, port: int, *, base: int, holder: str | None) -> StackError:
    by = f" by {holder}" if holder else ""
    return StackError(
        f"Port {port}, wanted for {purpose}, is taken{by}.",
        f"Stop that program, or use other ports: tidedesk up --port-base {another_base(base)}",
    )


def another_base(base: int) -> int:
    return base + 100 if base + 100 <= 65_500 else DEFAULT_PORT_BASE + 1000


def holder_of(port: int) -> str | None:
    """The program that listens on a port, as far as this user may see it."""
    inodes = _listening_inodes(port, Path("/proc/net/tcp")) | _listening_inodes(port, Path("/proc/net/tcp6"))
    if not inodes:
        return None
    for process in _processes():
        if inodes & _socket_inodes(process):
            try:
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
            except OSError:
                return None
    return None


def _listening_inodes(port: int, table: Path) -> set[str]:
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return set()
    rows = (line.split() for line in lines)
    return {row[9] for row in rows if row[3] == LISTENING and int(row[1].rsplit(":", 1)[1], 16) == port}


def _processes() -> Iterable[Path]:
    return (path for path in Path("/proc").iterdir() if path.name.isdigit()) if Path("/proc").exists() else ()


def _socket_inodes(process: Path) -> set[str]:
    inodes = set()
    try:
        for descriptor in (process / "fd").iterdir():
            target = os.readlink(descriptor)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    except OSError:
        pass
    return inodes
