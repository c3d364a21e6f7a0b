from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from write_api.intake import lines
from write_api.intake.lines import JsonLines, Line, LineRejected

CONTENT = b'{"a": 1}\n\nnot json\n[1]\n{"a": 2}'


@pytest.mark.parametrize("packed", [False, True])
def test_yields_records_and_rejects_with_their_line_numbers(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("x.jsonl.gz" if packed else "x.jsonl")
    path.write_bytes(gzip.compress(CONTENT) if packed else CONTENT)

    found = list(JsonLines(path))

    assert [(one.number, type(one)) for one in found] == [
        (1, Line),
        (3, LineRejected),
        (4, LineRejected),
        (5, Line),
    ]


def test_skips_a_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 16)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a": "' + b"x" * 100 + b'"}\n{"b": 1}\n')

    first, second = JsonLines(path)

    assert isinstance(first, LineRejected) and first.number == 1 and "longer than" in first.reason
    assert isinstance(second, Line) and second.record == {"b": 1}


def test_knows_how_far_it_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(CONTENT)
    source = JsonLines(path)

    list(source)

    assert source.read_bytes == source.total_bytes == len(CONTENT)
