"""Work in a process of its own, so that its processor time and memory are its own too (benchmarks/children)."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from runtime.settings import Settings

ROOT = Path(__file__).parents[2]
LONGEST_S = 1_200.0


class ChildFailed(Exception):
    pass


@dataclass(frozen=True)
class RebuildRun:
    documents: int
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process needs to find the same settings in its environment."""
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in settings.dict().items()
    }
    lists = {name: ",".join(value) for name, value in plain.items() if isinstance(value, tuple)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TIDEDESK_")}
    return {**inherited, **{f"TIDEDESK_{name.upper()}": str(value) for name, value in {**plain, **lists}.items()}}


async def run_child(
    settings: Settings | None, module: str, *arguments: str, given: bytes = b"", timeout_s: float = LONGEST_S
) -> Any:
    """Runs `python -m module`, hands it `given`, answers the JSON of its last line."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        env=None if settings is None else environment_of(settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        answer, errors = await asyncio.wait_for(child.communicate(given), timeout_s)
    except asyncio.TimeoutError:
        raise ChildFailed(f"{module} {' '.join(arguments)} did not end within {timeout_s:.0f} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise ChildFailed(f"{module} {' '.join(arguments)}: {errors.decode(errors='replace')[-2_000:]}")
    return json.loads(answer.decode().splitlines()[-1])


async def rebuild_in_child(settings: Settings, *models: str) -> RebuildRun:
    """Tells of the last one."""
    return RebuildRun(**await run_child(settings, "benchmarks.children.rebuild", *models))
