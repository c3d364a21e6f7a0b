"""Lists: the first page as tickets grow, and a page far from the first."""

from __future__ import annotations

import httpx

from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.load import Load, Request, drive
from benchmarks.harness.result import Row, at_most
from benchmarks.harness.servers import Process, product
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import World

# Of a helpdesk on Postgres alone, measured on such a machine: p50 in ms by the number of conversations.
PEER = {10_000: 47, 100_000: 419, 500_000: 2_100}
FIRST_PAGE = "/v1/tickets?limit=25"


async def measure_growth(bench: Bench) -> list[Row]:
    medians: dict[int, Spread] = {}
    tails: dict[int, Spread] = {}
    for size in bench.sizes.growth:
        async with bench.world(size) as world, product("read_api", world.settings, bench.logs) as read_api:
            loads = [await _pages(bench, world, read_api, FIRST_PAGE) for _ in range(bench.runs)]
        medians[size] = Spread.of(load.p50_ms for load in loads)
        tails[size] = Spread.of(load.p95_ms for load in loads)
    smallest = bench.sizes.growth[0]
    return [
        Row(
            f"list first page, {size:,} tickets",
            "ms",
            spread,
            None if size == smallest else medians[smallest],
            "" if size == smallest else f"the same at {smallest:,} tickets",
            () if size == smallest else (at_most(1.5),),
            note=f"p50 of one client; p95 {tails[size].median:.1f} ms{_peer(size)}",
        )
        for size, spread in medians.items()
    ]


async def measure_depth(bench: Bench) -> list[Row]:
    size, page = bench.sizes.tickets, bench.sizes.deep_page
    rows = []
    async with bench.world(size) as world, product("read_api", world.settings, bench.logs) as read_api:
        for sort in ("-created_at", "priority"):
            first = f"{FIRST_PAGE}&sort={sort}"
            deep = await _walk(read_api, first, page, world.token())
            deep_loads, first_loads = await interleaved(
                bench.runs,
                lambda: _pages(bench, world, read_api, deep),
                lambda: _pages(bench, world, read_api, first),
            )
            rows.append(
                Row(
                    f"page {page:,} of a list by {sort}",
                    "ms",
                    Spread.of(load.p50_ms for load in deep_loads),
                    Spread.of(load.p50_ms for load in first_loads),
                    "page 1",
                    (at_most(1.2),),
                    note=f"p50 of one client, {size:,} tickets",
                )
            )
    return rows


async def _pages(bench: Bench, world: World, read_api: Process, path: str) -> Load:
    request = Request("GET", path, token=world.token())
    return await drive(read_api.url, [request], clients=1, seconds=bench.sizes.load_s / 2)


async def _walk(read_api: Process, first: str, page: int, token: str) -> str:
    """The path of the page, reached through the cursors of all before it."""
    path = first
    async with httpx.AsyncClient(base_url=read_api.url, trust_env=False, timeout=30.0) as http:
        for _ in range(page - 1):
            answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()
            cursor = answer.json()["next"]
            if cursor is None:
                raise ValueError(f"the list ends before page {page}")
            path = f"{first}&cursor={cursor}"
    return path


def _peer(size: int) -> str:
    return f"; Libredesk there: {PEER[size]:,} ms" if size in PEER else ""


GROWTH = Figure(
    "lists",
    "list first page as tickets grow",
    measure_growth,
    lambda sizes: len(sizes.growth) * (8 + sizes.runs * (sizes.load_s / 2 + 1)),
)
DEPTH = Figure(
    "pages",
    "a page far from the first",
    measure_depth,
    lambda sizes: 10 + sizes.deep_page / 50 + sizes.runs * 4 * (sizes.load_s / 2 + 1),
)
