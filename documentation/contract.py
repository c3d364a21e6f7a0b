"""`python -m documentation.contract`: compares both APIs with docs/openapi/, which is what callers were promised.

With `--write` the present APIs become the promise; it says what breaks, and the diff of those files is for the review.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from documentation.breaking import breaking_changes
from documentation.openapi import Document, documents

FOLDER = Path(__file__).parents[1] / "docs" / "openapi"
DONE, FOUND_A_PROBLEM, WRONG_USE = 0, 1, 2


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--write"]):
        print("Usage: python -m documentation.contract [--write]", file=sys.stderr)
        return WRONG_USE
    problems = 0
    for name, present in documents().items():
        promised = read(name)
        broken = breaking_changes(promised, present) if promised else []
        problems += len(broken)
        for change in broken:
            print(f"breaks callers: {name} API, {change}")
        if arguments:
            path(name).parent.mkdir(exist_ok=True)
            path(name).write_text(rendered(present), encoding="utf-8")
        elif promised != present:
            problems += 1
            print(f"{path(name).name} is not what the {name} API says now: run make openapi and look at the difference")
    return DONE if arguments or not problems else FOUND_A_PROBLEM


def path(name: str) -> Path:
    return FOLDER / f"{name}.json"


def read(name: str) -> Document | None:
    return json.loads(path(name).read_text(encoding="utf-8")) if path(name).exists() else None


def rendered(document: Document) -> str:
    """Sorted, so that a difference shows what changed and not where."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
