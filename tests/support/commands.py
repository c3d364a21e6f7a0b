"""Our programs as people and scripts run them."""

from __future__ import annotations

import asyncio
import sys

from runtime.settings import Settings
from tests.support.database import ROOT
from tests.support.served import environment_of


async def run_command(settings: Settings, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """`python -m` with these settings: the exit code, the output, and what was said on standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *arguments),
        cwd=ROOT,
        env={**environment_of(settings), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()
