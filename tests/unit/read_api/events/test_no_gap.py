"""Whatever happens to the stream and to a client, it hears of every change or is told that it may have missed some."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from typing import Any, Optional

from hypothesis import given, settings
from hypothesis import strategies as st

from read_api.events.log import Entry, EventLog
from read_api.events.routes import _event_id
from read_api.events.subscription import Subscription
from tests.support.event_stream import parse
from tests.unit.read_api.events.changes import ADMIN, EVERYTHING, entry

KEPT = 8
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 2 * KEPT)),
        st.tuples(st.just("time passes"), st.integers(1, 20_000)),
        # So many blocks, and of the last one only so many events.
        st.tuples(st.just("read"), st.integers(1, 3), st.integers(0, 3)),
        st.tuples(st.just("disconnect")),
        st.tuples(st.just("redis is lost")),
        st.tuples(st.just("redis is back"), st.booleans()),
    ),
    min_size=1,
    max_size=30,
)


class Desk:
    """The stream in Redis, the log that reads it, and one client that is slow and breaks off now and then."""

    def __init__(self) -> None:
        self.events = EventLog(KEPT)
        self.now_ms = 1_000_000
        self.stream: list[Entry] = []
        self.events.begin([], self.now_ms)
        self.last_id: Optional[str] = None
        self.stale: set[int] = set()
        self.connection: AsyncGenerator[bytes, None] | None = None
        self.count = 0

    async def append(self, count: int) -> None:
        added = []
        for _ in range(count):
            self.count += 1
            self.now_ms += 1
            added.append(entry(self.now_ms, self.count))
        self.stream = [*self.stream, *added][-2 * KEPT :]
        self.stale.update(one.change.version for one in added)
        if self.events.is_known:
            self.events.append(added, self.now_ms)

    async def time_passes(self, ms: int) -> None:
        self.now_ms += ms
        if self.events.is_known:
            self.events.append([], self.now_ms)

    async def redis_is_lost(self) -> None:
        self.events.lose()

    async def redis_is_back(self, emptied: bool) -> None:
        if emptied:
            self.stream = []
        self.events.begin(self.stream[-KEPT:], self.now_ms)

    async def disconnect(self) -> None:
        if self.connection is not None:
            await self.connection.aclose()
            self.connection = None

    async def read(self, blocks: int, part: int) -> None:
        if self.connection is None:
            if not self.events.is_known:
                return
            self.connection = self.connect()
        for number in range(blocks):
            block = await anext(self.connection, None)
            if block is None:
                self.connection = None
                return
            if number < blocks - 1 or part == 0:
                self.take(block, None)
            else:
                self.take(block, part)
                await self.disconnect()
                return

    def connect(self) -> AsyncGenerator[bytes, None]:
        subscription = Subscription(self.events, ADMIN, _admin, EVERYTHING, heartbeat_s=0, at_once=3)
        if self.last_id is None:
            # Whoever comes for the first time reads all there is after `ready`.
            self.stale = set()
        heard = self.last_id
        return subscription.blocks(None if heard is None else _event_id(heard), heard is not None, follow=False)

    def take(self, block: bytes, part: int | None) -> None:
        beat = re.match(rb": heartbeat\nid: (.+)\n", block)
        if beat is not None:
            self.last_id = beat[1].decode()
        for event in parse(block.decode())[:part]:
            if event.name == "resync":
                self.stale = set()
            elif event.name != "ready":
                self.stale.discard(event.data["version"])
            self.last_id = event.id or self.last_id


async def _admin() -> Any:
    return ADMIN


@settings(max_examples=400, deadline=None)
@given(steps=steps)
async def test_no_gap_without_resync(steps: list[tuple[Any, ...]]) -> None:
    desk = Desk()
    await desk.read(1, 0)
    for name, *arguments in steps:
        await getattr(desk, name.replace(" ", "_"))(*arguments)
    if not desk.events.is_known:
        await desk.redis_is_back(emptied=False)
    await desk.disconnect()
    await desk.read(1, 0)
    while desk.connection is not None:
        await desk.read(1, 0)
    assert desk.stale == set(), desk.last_id
