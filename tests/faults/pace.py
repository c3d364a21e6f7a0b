"""Time that belongs to a fault or to the writer: how long something is away, how often a client writes."""

from __future__ import annotations

import asyncio


async def lasting(duration_s: float) -> None:
    """Not for waiting until something has happened: that is `eventually`."""
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    handle = loop.call_later(duration_s, over.set_result, None)
    try:
        await over
    finally:
        handle.cancel()
