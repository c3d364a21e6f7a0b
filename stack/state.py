from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.credentials import write_private
from stack.errors import StackError


@dataclass(frozen=True)
class State:
    """What a later command has to know about the stack of a data folder."""

    port_base: int
    started_at: str

    def save(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> State | None:
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None


class Busy(StackError):
    pass


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One `tidedesk up` per data folder; the lock goes with the process, however it ends."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(
                f"Another `tidedesk up` is at work in {path.parent}.",
                "See `tidedesk status`, stop it with `tidedesk down`, or use another --data-dir.",
            ) from None
        yield
