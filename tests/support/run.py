from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class TestRun:
    """One call of pytest, with all its workers."""

    __test__ = False

    directory: Path
    owner_pid: int


RUN_KEY = pytest.StashKey[TestRun]()
