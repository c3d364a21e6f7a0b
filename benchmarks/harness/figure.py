"""What a figure is, and what it finds when it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness.addresses import Addresses
from benchmarks.harness.progress import Progress
from benchmarks.harness.result import Row
from benchmarks.harness.world import READ_MODELS, World, drop_world, open_world


@dataclass(frozen=True)
class Sizes:
    """How much is measured. `--quick` makes all of it small: the numbers then mean nothing."""

    runs: int = 5
    # The size for figures that are not about sizes.
    tickets: int = 100_000
    # From small to large; the figures about growth compare the first with the last.
    growth: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    load_s: float = 4.0
    steady_s: float = 60.0
    steady_creates_per_s: int = 200
    steady_changes_per_s: int = 100
    burst_changes: int = 20_000
    backlog_rows: int = 200_000
    deep_page: int = 1_000


QUICK = Sizes(
    runs=1,
    tickets=300,
    growth=(200, 300),
    load_s=0.3,
    steady_s=1.0,
    steady_creates_per_s=20,
    steady_changes_per_s=10,
    burst_changes=60,
    backlog_rows=500,
    deep_page=5,
)


@dataclass
class Bench:
    addresses: Addresses
    sizes: Sizes
    # Databases and namespaces of one run begin with it.
    prefix: str
    logs: Path
    progress: Progress
    keep_data: bool = False
    made: set[str] = field(default_factory=set)

    @property
    def runs(self) -> int:
        return self.sizes.runs

    @property
    def quick(self) -> bool:
        return self.sizes == QUICK

    def uncounted(self, runs: int) -> range:
        """Seeds of runs before those that count: a server that was just started still compiles what it does."""
        return range(0 if self.quick else -runs, 0)

    @asynccontextmanager
    async def world(self, tickets: int) -> AsyncIterator[World]:
        """Shared by the figures that only read."""
        name = f"{self.prefix}_{tickets}"
        self.made.add(name)
        self.progress.say(f"data of {tickets:,} tickets")
        async with open_world(self.addresses, name, tickets) as world:
            yield world

    @asynccontextmanager
    async def copy_of(self, tickets: int, purpose: str, models: Sequence[str] = READ_MODELS) -> AsyncIterator[World]:
        """The same data once more, for a figure that changes it; gone afterwards.

        Where a projector runs, all read models have to be there: it would find what is missing, and put it right beside
        what is measured.
        """
        name = f"{self.prefix}_{purpose}"
        await drop_world(self.addresses, name)
        self.progress.say(f"data of {tickets:,} tickets, for {purpose}")
        try:
            async with open_world(self.addresses, name, tickets, models=models) as world:
                yield world
        finally:
            await drop_world(self.addresses, name)

    async def tidy(self) -> None:
        for name in () if self.keep_data else sorted(self.made):
            await drop_world(self.addresses, name)


@dataclass(frozen=True)
class Figure:
    """`name` is what `--only` takes."""

    name: str
    title: str
    measure: Callable[[Bench], Awaitable[list[Row]]]
    # On two quiet cores, without the data it shares with others.
    expected_s: Callable[[Sizes], float]
