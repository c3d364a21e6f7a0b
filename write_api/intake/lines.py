from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

# A record larger than this is a mistake; it also bounds the memory of a batch.
MAX_LINE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    number: int
    record: dict[str, Any]


class LineRejected(Exception):
    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"line {number}: {reason}")
        self.number = number
        self.reason = reason


class JsonLines:
    """The records of a .jsonl or .jsonl.gz file, one line in memory at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self.total_bytes = path.stat().st_size

    @property
    def read_bytes(self) -> int:
        """How far into the (compressed) file reading is, for a progress bar."""
        return self._file.tell() if self._file is not None and not self._file.closed else self.total_bytes

    def __iter__(self) -> Iterator[Line | LineRejected]:
        with self._path.open("rb") as self._file:
            source = gzip.GzipFile(fileobj=self._file) if self._path.suffix == ".gz" else self._file
            number = 0
            while line := source.readline(MAX_LINE_BYTES):
                number += 1
                if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                    while (rest := source.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                        continue
                    yield LineRejected(number, f"longer than {MAX_LINE_BYTES} bytes")
                elif line.strip():
                    yield _parse(number, line)


def _parse(number: int, line: bytes) -> Line | LineRejected:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return LineRejected(number, f"not JSON: {error}")
    if not isinstance(record, dict):
        return LineRejected(number, "not a JSON object")
    return Line(number, record)
