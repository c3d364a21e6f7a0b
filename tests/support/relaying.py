from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from projector.bootstrap import Projector
from runtime.tasks import cancel_all


@asynccontextmanager
async def relaying(projector: Projector) -> AsyncIterator[None]:
    """What the projector's process does all the time, in this loop until the end of the block."""
    relay, ticker = projector.relay(), projector.ticker()
    draining, ticking = asyncio.ensure_future(relay.run()), asyncio.ensure_future(ticker.run())
    try:
        yield
    finally:
        relay.stop()
        await cancel_all([ticking])
        await draining
        if not ticking.cancelled():
            ticking.result()
