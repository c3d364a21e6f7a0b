from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

# `asyncio.wait_for` of Python before 3.12 loses a cancellation that meets the end of what it waits for.
ASK_AGAIN_S = 1.0


async def cancel_all(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Until all have ended, however they end; what they raise is not raised here."""
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=ASK_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
