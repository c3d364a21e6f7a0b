from __future__ import annotations

import asyncio

from projector.rebuild.pace import LAG_LIMIT_S, SMALLEST_SHARE, Pace


class Postgres:
    """Answers whether the rebuild is paused, and keeps what was said of it."""

    def __init__(self) -> None:
        self.is_paused = False
        self.said: list[tuple[bool, float | None]] = []

    async def fetchval(self, statement: str, projection: str, slowed: bool, rate: float | None) -> bool:
        self.said.append((slowed, rate))
        return self.is_paused


class Live:
    lag_s = 0.0

    async def __call__(self) -> float:
        return self.lag_s


def a_pace(postgres: Postgres, live: Live) -> Pace:
    return Pace(postgres, "tickets", live)  # type: ignore[arg-type]


async def test_the_share_falls_by_half_down_to_a_least_and_comes_back() -> None:
    pace = a_pace(Postgres(), Live())
    shares = []
    for lag_s in [LAG_LIMIT_S * 2] * 8 + [0.0] * 20:
        pace.adapt(lag_s)
        shares.append(pace.share)
    assert shares[:3] == [0.5, 0.25, 0.125]
    assert min(shares) == SMALLEST_SHARE and shares[-1] == 1.0
    assert shares[8:] == sorted(shares[8:])


async def test_it_waits_for_the_rest_of_its_share_and_no_longer_once_live_changes_are_through() -> None:
    postgres, live = Postgres(), Live()
    pace = a_pace(postgres, live)
    live.lag_s = 100.0
    for _ in range(5):
        await pace.look()
    assert pace.share == SMALLEST_SHARE and postgres.said[-1][0]
    waiting = asyncio.ensure_future(pace.turn(took_s=1_000.0))
    await asyncio.wait([waiting], timeout=0.05)
    assert not waiting.done()
    live.lag_s = 0.0
    while not waiting.done():
        await pace.look()
        await asyncio.wait([waiting], timeout=0)
    assert pace.share == 1.0 and not postgres.said[-1][0]


async def test_nobody_gets_a_turn_while_it_is_paused() -> None:
    postgres = Postgres()
    postgres.is_paused = True
    pace = a_pace(postgres, Live())
    await pace.look()
    turn = asyncio.ensure_future(pace.turn())
    await pace.look()
    await asyncio.wait([turn], timeout=0.05)
    assert not turn.done()
    postgres.is_paused = False
    await pace.look()
    await turn


async def test_the_rate_is_of_what_was_done_between_looks() -> None:
    postgres = Postgres()
    pace = a_pace(postgres, Live())
    await pace.look()
    pace.count(500)
    await pace.look()
    (_, before), (_, rate) = postgres.said
    assert before is None and rate is not None and rate > 0
