from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from projector.bootstrap import Projector


@asynccontextmanager
async def relaying(projector: Projector) -> AsyncIterator[None]:
    """What the projector's process does all the time, in this loop until the end of the block."""
    relay, ticker = projector.relay(), projector.ticker()
    tasks = [asyncio.ensure_future(relay.run()), asyncio.ensure_future(ticker.run())]
    try:
        yield
    finally:
        relay.stop()
        tasks[1].cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
