"""What readers notice while somebody guesses passwords: a thousand tries at one account, one try at a thousand."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import aiohttp

from benchmarks.figures.read_rates import TICKETS_READ, list_paths
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import taking_turns
from benchmarks.harness.result import Row, at_most
from benchmarks.harness.servers import product
from benchmarks.harness.spread import Spread, percentile
from benchmarks.harness.world import World

TRIES = 1_000
TRIES_PER_S = 100
READS_PER_S = 100
# Of the addresses reserved for documentation, so that each try comes from somewhere else.
STRANGERS = [f"198.51.{place >> 8}.{place & 255}" for place in range(TRIES)]


@dataclass
class Seen:
    reads_s: list[float] = field(default_factory=list)
    tries: Counter[int] = field(default_factory=Counter)

    def milliseconds(self, share: float) -> float:
        return percentile(self.reads_s, share) * 1_000


def at_one_account(tries: int) -> Iterator[tuple[str, str]]:
    """Address of the caller, and of the account."""
    return ((stranger, "agent0@example.com") for stranger in itertools.islice(itertools.cycle(STRANGERS), tries))


def at_every_account(tries: int) -> Iterator[tuple[str, str]]:
    return (("203.0.113.7", f"customer{number}@example.com") for number in range(tries))


async def measure(bench: Bench) -> list[Row]:
    tries = min(TRIES, int(bench.sizes.steady_s * TRIES_PER_S))
    async with bench.world(bench.sizes.tickets) as world:
        # The proxy that is believed is the one who guesses, so that it can have every address.
        guessed = world.settings.copy(update={"trusted_proxies": ("127.0.0.1/32",)})
        async with (
            product("write_api", guessed, bench.logs) as write_api,
            product("read_api", world.settings, bench.logs) as read_api,
        ):
            readers = await Readers.of(world, read_api.url)
            await readers.read_beside(_guess(write_api.url, at_one_account(TRIES_PER_S)))
            one, every, nobody = await taking_turns(
                bench.runs,
                lambda: readers.read_beside(_guess(write_api.url, at_one_account(tries))),
                lambda: readers.read_beside(_guess(write_api.url, at_every_account(tries))),
                lambda: readers.read_beside(_nobody(tries / TRIES_PER_S)),
            )
    return [
        _row(f"reads while {tries:,} passwords of one account are guessed", one, nobody),
        _row(f"reads while one password of {tries:,} accounts is guessed", every, nobody),
    ]


def _row(name: str, guessed: list[Seen], nobody: list[Seen]) -> Row:
    tries = sum((seen.tries for seen in guessed), Counter())
    told = ", ".join(f"{count:,} answered {status}" for status, count in sorted(tries.items()))
    return Row(
        f"{name}, p99",
        "ms",
        Spread.of(seen.milliseconds(0.99) for seen in guessed),
        Spread.of(seen.milliseconds(0.99) for seen in nobody),
        "the same with nobody guessing",
        (at_most(2.0),),
        note=f"{READS_PER_S} reads/s, tickets by id and lists in turn, {TRIES_PER_S} tries/s; {told}",
    )


@dataclass(frozen=True)
class Readers:
    url: str
    token: str
    paths: list[str]

    @classmethod
    async def of(cls, world: World, url: str) -> Readers:
        rows = await world.pool.fetch("SELECT id FROM tickets ORDER BY md5(id::text) LIMIT $1", TICKETS_READ)
        lists = itertools.cycle(list_paths())
        return cls(url, world.token(), [path for row in rows for path in (f"/v1/tickets/{row['id']}", next(lists))])

    async def read_beside(self, beside: Awaitable[Counter[int]]) -> Seen:
        seen = Seen()
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(self.url, headers=headers) as http:
            work = asyncio.ensure_future(beside)
            paths = itertools.cycle(self.paths)
            await _paced(READS_PER_S, lambda: self._read(http, next(paths), seen), until=work)
            seen.tries = await work
        return seen

    async def _read(self, http: aiohttp.ClientSession, path: str, seen: Seen) -> None:
        started = time.perf_counter()
        async with http.get(path) as answer:
            answer.raise_for_status()
            await answer.read()
        seen.reads_s.append(time.perf_counter() - started)


async def _guess(url: str, tries: Iterator[tuple[str, str]]) -> Counter[int]:
    statuses: Counter[int] = Counter()

    async def one(address: str, email: str) -> None:
        body = {"email": email, "password": "a guess that is long enough"}
        async with http.post("/v1/sessions", json=body, headers={"X-Forwarded-For": address}) as answer:
            statuses[answer.status] += 1

    async with aiohttp.ClientSession(url) as http:
        started, sent = time.monotonic(), []
        for number, (address, email) in enumerate(tries):
            await asyncio.sleep(max(0.0, started + number / TRIES_PER_S - time.monotonic()))
            sent.append(asyncio.create_task(one(address, email)))
        await asyncio.gather(*sent)
    return statuses


async def _nobody(seconds: float) -> Counter[int]:
    await asyncio.sleep(seconds)
    return Counter()


async def _paced(per_s: float, send: Callable[[], Awaitable[None]], *, until: asyncio.Future[Counter[int]]) -> None:
    """By the clock, whether or not earlier ones were answered: a slow server does not get fewer."""
    started, sent = time.monotonic(), []
    for number in itertools.count():
        await asyncio.sleep(max(0.0, started + number / per_s - time.monotonic()))
        sent.append(asyncio.ensure_future(send()))
        if until.done():
            break
    await asyncio.gather(*sent)


FIGURE = Figure(
    "guessing",
    "reads while passwords are guessed",
    measure,
    lambda sizes: 20 + sizes.runs * 3 * min(TRIES / TRIES_PER_S, sizes.steady_s),
)
