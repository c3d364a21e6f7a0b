"""Rebuilds some read models. The last is measured, from its first statement to the swap."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import resource
import sys
import time
from pathlib import Path

from projector.bootstrap import open_projector
from projector.rebuild.rebuild import rebuild
from runtime.logging import configure_logging
from runtime.settings import read_settings


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_rss_mb() -> float:
    """Of this program alone: `ru_maxrss` begins with what the parent had when it forked."""
    (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(peak) * 1024 / 1e6


async def measure(before: list[str], model: str) -> dict[str, float]:
    async with open_projector(read_settings()) as projector:
        await projector.ensure_targets()
        await rebuild(projector, before, lambda name, phase, done, total: None)
        started, cpu_before = time.monotonic(), cpu_seconds()
        (result,) = await rebuild(projector, [model], lambda name, phase, done, total: None)
        return {
            "documents": result.documents,
            "seconds": time.monotonic() - started,
            "cpu_seconds": cpu_seconds() - cpu_before,
            "peak_rss_mb": peak_rss_mb(),
        }


if __name__ == "__main__":
    configure_logging(read_settings(), "projector")
    logging.getLogger().setLevel(logging.WARNING)
    print(json.dumps(asyncio.run(measure(sys.argv[1:-1], sys.argv[-1]))))
