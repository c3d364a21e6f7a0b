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


async def taking_turns(runs: int, *sides: Callable[[], Awaitable[A]]) -> list[list[A]]:
    """A B C, C B A, A B C, …: the same for more than two."""
    results: list[list[A]] = [[] for _ in sides]
    for run in range(runs):
        turns = list(zip(sides, results))
        for measure, into in turns if run % 2 == 0 else reversed(turns):
            into.append(await measure())
    return results
