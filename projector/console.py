"""Showing long work on standard error: a progress bar for people, JSON lines for programs."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

JSON_INTERVAL_S = 1.0


class RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        rate = task.finished_speed or task.speed
        return Text("" if rate is None else f"{rate:,.0f}/s", style="cyan")


class LongWork:
    """`with LongWork(as_json) as work: work.update("tickets", "copying", 10, 100)`."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._tasks: dict[str, TaskID] = {}
        self._started: dict[str, float] = {}
        self._printed: dict[str, tuple[float, str]] = {}
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            RateColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=as_json,
        )

    def __enter__(self) -> LongWork:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, name: str, phase: str, done: int, total: int | None) -> None:
        if self._as_json:
            self._print(name, phase, done, total)
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], description=f"{name}: {phase}", completed=done, total=total)

    def _print(self, name: str, phase: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        started = self._started.setdefault(name, now)
        printed_at, printed_phase = self._printed.get(name, (0.0, ""))
        if phase == printed_phase and now - printed_at < JSON_INTERVAL_S:
            return
        self._printed[name] = (now, phase)
        rate = done / (now - started) if now > started else None
        left_s = None if not rate or total is None else round((total - done) / rate, 1)
        line = {"name": name, "phase": phase, "done": done, "total": total, "rate": rate, "left_s": left_s}
        print(orjson.dumps(line).decode(), file=sys.stderr, flush=True)


def print_json(value: object) -> None:
    print(orjson.dumps(value).decode(), flush=True)
