from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from stack.progress import AsJsonLines, OnTerminal


def test_json_lines_tell_what_began_and_how_long_it_took() -> None:
    stream = io.StringIO()
    times = iter([10.0, 12.5])
    with AsJsonLines(stream, lambda: next(times)).step("Postgres"):
        pass
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"event": "started", "step": "Postgres"},
        {"event": "done", "step": "Postgres", "duration_s": 2.5},
    ]


def test_a_failed_step_is_not_called_done() -> None:
    stream = io.StringIO()
    with pytest.raises(RuntimeError), AsJsonLines(stream).step("Postgres"):
        raise RuntimeError
    assert "done" not in stream.getvalue()


def test_a_log_file_shows_each_step_when_it_begins_and_ends() -> None:
    stream = io.StringIO()
    progress = OnTerminal(Console(file=stream))
    with progress.step("Redis on port 1"):
        assert "Redis on port 1 …" in stream.getvalue()
    assert "✓ Redis on port 1" in stream.getvalue()
