"""Work that many requests want at the same moment and that serves them all when done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class StartedAfter(Generic[T]):
    """`await run()` answers with a result of work that *started* after the call: never with one already under way.

    While one round runs, all who come wait together for the next one, so there are at most two in sight.
    """

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def run(self) -> T:
        if self._next is None:
            self._next = asyncio.create_task(self._start(self._running))
        # Shielded: one caller that goes away must not take the result from the others.
        return await asyncio.shield(self._next)

    async def _start(self, before: asyncio.Task[T] | None) -> T:
        if before is not None:
            await asyncio.wait([before])
        self._running, self._next = self._next, None
        return await self._work()
