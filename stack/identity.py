from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

PROC = Path("/proc")
DEAD_STATES = ("Z", "X")


@dataclass(frozen=True)
class Identity:
    """A process for as long as it lives: its number alone may be given to another one later."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        fields = _stat(PROC / str(pid))
        if fields is None or fields[0] in DEAD_STATES:
            return None
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return cls(pid, f"{boot}:{fields[19]}")

    def is_alive(self) -> bool:
        return Identity.of(self.pid) == self


@dataclass(frozen=True)
class PidFile:
    path: Path

    def write(self, identity: Identity) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(asdict(identity)) + "\n")

    def read(self) -> Identity | None:
        """The process that was written here, if that very process still lives."""
        try:
            identity = Identity(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return identity if identity.is_alive() else None

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)


def group_is_alive(group: int) -> bool:
    for process in PROC.iterdir():
        if process.name.isdigit():
            fields = _stat(process)
            if fields is not None and fields[2] == str(group) and fields[0] not in DEAD_STATES:
                return True
    return False


def _stat(process: Path) -> list[str] | None:
    """The fields from the state on; a name before them may hold spaces and brackets."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
