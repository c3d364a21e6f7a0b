from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

from rich.console import Console

Clock = Callable[[], float]


class Progress(Protocol):
    def step(self, what: str) -> AbstractContextManager[None]:
        """Shows that something is being done, and how long it took when it is."""

    def note(self, text: str) -> None: ...


class Silent:
    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        yield

    def note(self, text: str) -> None:
        return


class OnTerminal:
    def __init__(self, console: Console, clock: Clock = time.monotonic) -> None:
        self._console = console
        self._clock = clock

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        begun = self._clock()
        with self._console.status(f"{what} …"):
            if not self._console.is_terminal:
                self._console.print(f"  {what} …", highlight=False)
            yield
        self._console.print(f"[green]✓[/] {what} [dim]{self._clock() - begun:.1f} s[/]", highlight=False)

    def note(self, text: str) -> None:
        self._console.print(f"  [dim]{text}[/]", highlight=False)


class AsJsonLines:
    def __init__(self, stream: TextIO, clock: Clock = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        begun = self._clock()
        self.emit({"event": "started", "step": what})
        yield
        self.emit({"event": "done", "step": what, "duration_s": round(self._clock() - begun, 3)})

    def note(self, text: str) -> None:
        self.emit({"event": "note", "text": text})

    def emit(self, record: dict[str, object]) -> None:
        self._stream.write(json.dumps(record) + "\n")
        self._stream.flush()
