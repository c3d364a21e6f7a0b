"""In a process of its own: what is frozen stays so."""

from __future__ import annotations

import subprocess
import sys

_FROZEN = """
import gc
from runtime.memory import spare_the_collector
spare_the_collector()
frozen, (young, _, _) = gc.get_freeze_count(), gc.get_threshold()
print(frozen > 1_000, young > 700, gc.isenabled())
"""


def test_what_stays_is_not_looked_through_and_the_rest_seldom() -> None:
    answer = subprocess.run([sys.executable, "-c", _FROZEN], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "True", "True"]
