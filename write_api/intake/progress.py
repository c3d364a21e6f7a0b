from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

Advance = Callable[[float, dict[str, Any]], None]

# One JSON line a second is enough for a program that watches.
JSON_LINE_INTERVAL_S = 1.0


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        count = task.fields.get("count", 0)
        elapsed = task.elapsed or 0
        return Text(f"{count:,} {task.fields['noun']}, {count / elapsed:,.0f}/s" if elapsed > 0 else "")


@contextmanager
def progress(noun: str, total: float, *, as_json: bool) -> Iterator[Advance]:
    """Yields `advance(position, counts)`. A bar with rate and time left on stderr, or JSON lines on stdout."""
    if as_json:
        yield _json_lines(noun, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=not sys.stderr.isatty()) as bar:
        task = bar.add_task(noun.capitalize(), total=total, noun=noun, count=0)

        def advance(position: float, counts: dict[str, Any]) -> None:
            bar.update(task, completed=position, count=counts["handled"])

        yield advance


def _json_lines(noun: str, total: float) -> Advance:
    started = time.monotonic()
    last = started

    def advance(position: float, counts: dict[str, Any]) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= JSON_LINE_INTERVAL_S:
            last = now
            elapsed_s = now - started
            left_s = (total - position) / position * elapsed_s if position else None
            print(json.dumps({"kind": noun, **counts, "elapsed_s": elapsed_s, "left_s": left_s}), flush=True)

    return advance
