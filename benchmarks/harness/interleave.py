from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


async def interleaved(
    runs: int, ours: Callable[[], Awaitable[A]], limit: Callable[[], Awaitable[B]]
) -> tuple[list[A], list[B]]:
    """A B, B A, A B, …: what the machine does beside, and what the first leaves to the second, meets both alike."""
    own: list[A] = []
    limits: list[B] = []
    for run in range(runs):
        if run % 2 == 0:
            own.append(await ours())
            limits.append(await limit())
        else:
            limits.append(await limit())
            own.append(await ours())
    return own, limits
