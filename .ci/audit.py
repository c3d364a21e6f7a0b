"""Asks the advisory database about every locked package: `make audit`. Exit codes: 0 passed, 1 found some, 3 not run.

A scanner that reaches no database finds nothing, so what counts is that every package was answered for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
KNOWN = ROOT / "docs" / "known-vulnerabilities.md"
PASSED, FOUND, NOT_RUN = 0, 1, 3
TIMEOUT_S = 600
_ROW = re.compile(r"^\| (?P<ids>(?:CVE|GHSA|PYSEC)-[^|]+) \| `(?P<pin>[^`]+)` \|", re.MULTILINE)


@dataclass(frozen=True)
class Accepted:
    """A row of the list: known, looked at, and lived with."""

    ids: tuple[str, ...]
    pin: str


def accepted(page: str) -> list[Accepted]:
    return [Accepted(tuple(re.split(r",\s*", row["ids"])), row["pin"]) for row in _ROW.finditer(page)]


def verdict(status: int, answer: str, errors: str, known: Sequence[Accepted]) -> tuple[int, list[str]]:
    """What the scanner's answer means."""
    try:
        packages = list(json.loads(answer)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return NOT_RUN, [(errors.strip().splitlines() or [f"the scanner ended with {status}"])[-1]]
    unanswered = [f"{package['name']}: {package['skip_reason']}" for package in packages if "skip_reason" in package]
    if unanswered or not packages:
        return NOT_RUN, unanswered[:5] or ["no package was looked at"]
    ids = {known_id for row in known for known_id in row.ids}
    news = [
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or 'none'}"
        for package in packages
        for found in package["vulns"]
        if ids.isdisjoint([found["id"], *found.get("aliases", ())])
    ]
    return (FOUND, news) if news else (PASSED, [f"{len(packages)} packages, {len(known)} known risks"])


def main(scanner: Iterable[str]) -> int:
    command = [*scanner, "--strict", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--aliases", "--requirement", str(LOCK)],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )
        code, lines = verdict(done.returncode, done.stdout, done.stderr, accepted(KNOWN.read_text(encoding="utf-8")))
    except (OSError, subprocess.TimeoutExpired) as error:
        code, lines = NOT_RUN, [str(error)]
    print(f"audit: {'passed' if code == PASSED else 'found something new' if code == FOUND else 'NOT RUN'}")
    print("\n".join(f"  {line}" for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
