"""What the processes of one arena say went wrong unforeseen. A drift that was repaired is one: it had to be there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

DRIFT = "drift_found"
TRACEBACK = "Traceback (most recent call last)"
SHOWN_CHARACTERS = 600


class Logs:
    def __init__(self, folder: Path, namespace: str) -> None:
        self._folder = folder
        self._pattern = f"{namespace}-*.log"
        # What was there before the fault is not the fault's.
        self._read_bytes = {path: path.stat().st_size for path in self.files()}

    def files(self) -> list[Path]:
        return sorted(self._folder.glob(self._pattern))

    def unforeseen(self, foreseen: Sequence[str]) -> list[str]:
        found = [f"{path.stem}: {text}" for path in self.files() for text in self._errors(path)]
        return [text for text in found if not any(event in text for event in foreseen)]

    def _errors(self, path: Path) -> Iterator[str]:
        with path.open("rb") as log:
            log.seek(self._read_bytes.get(path, 0))
            lines = log.read().decode(errors="replace").splitlines()
        for number, line in enumerate(lines):
            if line.startswith(TRACEBACK):
                yield "\n".join(lines[number : number + 30])[-SHOWN_CHARACTERS:]
            elif _is_error(line):
                yield line[:SHOWN_CHARACTERS]


def _is_error(line: str) -> bool:
    try:
        return line.startswith("{") and json.loads(line).get("level") in ("error", "critical")
    except json.JSONDecodeError:
        return False
