"""Being woken by commits, through Redis. Best effort: whoever waits also has a longest time to wait."""

from __future__ import annotations

import asyncio

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

LISTEN_TIMEOUT_S = 5.0
RECONNECT_PAUSE_S = 1.0


class Signal:
    """Wakes everybody who asked for a ticket before it rang, so none is missed between looking and waiting."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        rung, self._event = self._event, asyncio.Event()
        rung.set()

    def ticket(self) -> asyncio.Event:
        return self._event


async def wait_for(ticket: asyncio.Event, timeout_s: float) -> bool:
    try:
        await asyncio.wait_for(ticket.wait(), timeout_s)
    except asyncio.TimeoutError:
        return False
    return True


async def listen(redis: Redis, channel: str, signal: Signal) -> None:
    """Until cancelled."""
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(channel)
                while True:
                    if await subscription.get_message(timeout=LISTEN_TIMEOUT_S) is not None:
                        signal.ring()
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            log.warning("wake_channel_lost", error=str(error))
            await asyncio.sleep(RECONNECT_PAUSE_S)
