from __future__ import annotations

import asyncio
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from read_api.snapshots import SHARED_FOR_S, Snapshots
from read_api.stores.es import SearchStore
from tests.support.eventually import eventually


class Opener:
    """Counts the points in time it opens."""

    def __init__(self) -> None:
        self.opened = 0
        self.time_s = 0.0

    async def open_snapshot(self, model: str, keep_alive: str) -> str:
        self.opened += 1
        return f"{model}-{self.opened}"

    def snapshots(self) -> Snapshots:
        return Snapshots(cast(SearchStore, self), lambda: self.time_s)


async def test_between_two_refreshes_all_first_pages_share_one_which_is_as_fresh_as_what_is_published() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    seen = [await snapshots.recent("tickets", f"moment {number}", "a refresh") for number in range(100)]
    assert opener.opened == 1
    assert [snapshot.as_of for snapshot in seen] == [f"moment {number}" for number in range(100)]


async def test_after_a_refresh_the_next_page_shows_what_it_brought() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    before = await snapshots.recent("tickets", "then", "one refresh")
    after = await snapshots.recent("tickets", "now", "another")
    assert after.pit_id != before.pit_id
    assert after.as_of == "now"


async def test_where_nobody_says_what_was_refreshed_each_page_shows_what_is_there_now() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    pits = {(await snapshots.recent("tickets", None, None)).pit_id for _ in range(20)}
    assert len(pits) == opener.opened == 20


async def test_none_is_shared_for_so_long_that_its_next_page_would_come_too_late() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    first = await snapshots.recent("tickets", "now", "a refresh")
    opener.time_s = SHARED_FOR_S
    assert (await snapshots.recent("tickets", "now", "a refresh")).pit_id != first.pit_id


async def test_who_must_see_the_newest_gets_one_of_their_own_which_others_share_then() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    first = await snapshots.recent("tickets", "now", "a refresh")
    newest = await snapshots.fresh("tickets", "now", "a refresh")
    assert newest.pit_id != first.pit_id
    assert (await snapshots.recent("tickets", "now", "a refresh")).pit_id == newest.pit_id


async def test_what_somebody_waited_for_is_there_when_they_look_again() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    first = await snapshots.recent("tickets", "now", "a refresh")
    snapshots.outdate()
    assert (await snapshots.recent("tickets", "now", "a refresh")).pit_id != first.pit_id


async def test_one_that_was_being_opened_meanwhile_is_not_shared() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    may_open = asyncio.Event()

    async def open_slowly(model: str, keep_alive: str) -> str:
        opener.opened += 1
        name = f"{model}-{opener.opened}"
        await may_open.wait()
        return name

    opener.open_snapshot = open_slowly  # type: ignore[method-assign]
    opening = asyncio.create_task(snapshots.recent("tickets", "now", "a refresh"))

    async def is_being_opened() -> bool:
        return opener.opened == 1

    await eventually(is_being_opened)
    snapshots.outdate()
    may_open.set()
    assert (await snapshots.recent("tickets", "now", "a refresh")).pit_id != (await opening).pit_id


@given(asked=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=20))
def test_nobody_gets_one_that_was_opened_before_the_refresh_they_know_of(asked: list[tuple[str, int]]) -> None:
    """However questions that come at the same time meet."""

    async def run() -> None:
        opener = Opener()
        snapshots = opener.snapshots()
        refreshes = 0
        opened_after: dict[str, int] = {}

        async def open_snapshot(model: str, keep_alive: str) -> str:
            opener.opened += 1
            name = f"{model}-{opener.opened}"
            opened_after[name] = refreshes
            await asyncio.sleep(0)
            return name

        opener.open_snapshot = open_snapshot  # type: ignore[method-assign]

        async def ask(model: str, known: int) -> None:
            snapshot = await snapshots.recent(model, None, f"refresh {known}")
            assert opened_after[snapshot.pit_id] >= known

        asking = []
        for model, more in asked:
            refreshes += more
            asking.append(asyncio.create_task(ask(model, refreshes)))
            await asyncio.sleep(0)
        await asyncio.gather(*asking)

    asyncio.run(run())
