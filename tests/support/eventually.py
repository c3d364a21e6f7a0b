"""The one place where tests wait: for a condition, never for a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")

POLL_INTERVAL_S = 0.02


async def eventually(
    condition: Callable[[], Awaitable[Value]], timeout_s: float = 10.0, interval_s: float = POLL_INTERVAL_S
) -> Value:
    """The first true value of `condition`; what it last raised or returned is in the failure."""
    deadline = time.monotonic() + timeout_s
    while True:
        seen: object
        try:
            value = await condition()
            if value:
                return value
            seen = value
        except AssertionError as error:
            seen = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {timeout_s} s, last seen: {seen!r}")
        await _tick(interval_s)


async def _tick(interval_s: float) -> None:
    loop = asyncio.get_running_loop()
    tick = loop.create_future()
    loop.call_later(interval_s, tick.set_result, None)
    await tick
