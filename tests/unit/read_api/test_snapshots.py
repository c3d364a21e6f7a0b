from __future__ import annotations

from typing import cast

from read_api.snapshots import BUSY_PER_S, RENEWED_AFTER_S, SHARED_FOR_S, Snapshots
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


async def _make_busy(snapshots: Snapshots) -> None:
    for _ in range(BUSY_PER_S):
        await snapshots.recent("tickets", "then")


async def test_while_it_is_quiet_each_first_page_shows_what_is_there_now() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    pits = set()
    for second in range(BUSY_PER_S * 2):
        opener.time_s = float(second)
        pits.add((await snapshots.recent("tickets", None)).pit_id)
    assert len(pits) == opener.opened == BUSY_PER_S * 2


async def test_a_busy_list_shares_one_and_says_how_old_it_is() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    await _make_busy(snapshots)
    before = opener.opened
    opener.time_s = RENEWED_AFTER_S / 2
    shared = [await snapshots.recent("tickets", "now") for _ in range(100)]
    assert opener.opened == before
    assert {snapshot.as_of for snapshot in shared} == {"then"}


async def test_the_next_one_is_opened_before_anybody_has_to_wait_for_it() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    await _make_busy(snapshots)
    opener.time_s = (RENEWED_AFTER_S + SHARED_FOR_S) / 2
    old = await snapshots.recent("tickets", "now")

    async def renewed() -> bool:
        return (await snapshots.recent("tickets", "now")).pit_id != old.pit_id

    await eventually(renewed)
    assert (await snapshots.recent("tickets", "later")).as_of == "now"


async def test_none_is_shared_for_longer_than_promised_nor_with_who_must_see_the_newest() -> None:
    opener = Opener()
    snapshots = opener.snapshots()
    await _make_busy(snapshots)
    newest = await snapshots.fresh("tickets", "now")
    assert newest.as_of == "now"
    opener.time_s = SHARED_FOR_S
    assert (await snapshots.recent("tickets", "now")).pit_id != newest.pit_id
