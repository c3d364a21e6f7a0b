"""Showing long work on standard error: a progress bar for people, JSON lines for programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
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


class _Done(ProgressColumn):
    def render(self, task: Task) -> Text:
        count = task.fields["count"]
        if count is None:
            return Text(f"{int(task.completed):,}" if task.total is None else f"{int(task.completed):,}/{task.total:,}")
        return Text(f"{count:,}")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        count, elapsed_s = task.fields["count"], task.elapsed or 0.0
        if count is not None:
            rate = count / elapsed_s if elapsed_s > 0 else None
        else:
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
            _Done(),
            _Rate(),
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

    def update(
        self,
        name: str,
        phase: str,
        done: float,
        total: float | None,
        count: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """`count` is the number of things where `done` is something else, as bytes read; `more` is for programs."""
        if self._as_json:
            self._print(name, phase, done, total, count, more or {})
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total, count=count)
        self._progress.update(
            self._tasks[name], description=f"{name}: {phase}", completed=done, total=total, count=count
        )

    def _print(
        self, name: str, phase: str, done: float, total: float | None, count: int | None, more: Mapping[str, Any]
    ) -> None:
        now = time.monotonic()
        started = self._started.setdefault(name, now)
        printed_at, printed_phase = self._printed.get(name, (0.0, ""))
        if phase == printed_phase and now - printed_at < JSON_INTERVAL_S:
            return
        self._printed[name] = (now, phase)
        elapsed_s = now - started
        rate = (done if count is None else count) / elapsed_s if elapsed_s > 0 else None
        left_s = round((total - done) / done * elapsed_s, 1) if done and total is not None else None
        line = {"name": name, "phase": phase, "done": done, "total": total, "rate": rate, "left_s": left_s, **more}
        print(orjson.dumps(line).decode(), file=sys.stderr, flush=True)


def print_json(value: object) -> None:
    print(orjson.dumps(value).decode(), flush=True)
