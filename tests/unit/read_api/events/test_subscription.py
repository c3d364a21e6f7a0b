from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from read_api.context import Caller
from read_api.events import subscription as module
from read_api.events.log import EventLog
from read_api.events.subscription import Subscription
from runtime.bearer import unauthorized
from runtime.errors import StoreUnavailable
from runtime.tokens import InvalidToken
from tests.support.event_stream import parse
from tests.unit.read_api.events.changes import EVERYTHING, OTHER, REQUESTER, THEIRS, entry


class Listener:
    def __init__(self, caller: Caller = REQUESTER, heartbeat_s: float = 15) -> None:
        self.events = EventLog(100)
        self.events.begin([], 1_000_000)
        self.now: Caller | Exception = caller
        self.asked = 0
        subscription = Subscription(self.events, caller, self.who_now, EVERYTHING, heartbeat_s)
        self.blocks: AsyncGenerator[bytes, None] = subscription.blocks(None, False, follow=True)

    async def who_now(self) -> Caller:
        self.asked += 1
        if isinstance(self.now, Exception):
            raise self.now
        return self.now

    async def next(self) -> str:
        return (await asyncio.wait_for(anext(self.blocks), 10)).decode()

    async def names(self) -> list[str]:
        return [event.name for event in parse(await self.next())]

    def append(self, ms: int, number: int = 1) -> None:
        self.events.append([entry(1_000_000 + ms, number, THEIRS)], 1_000_000 + ms)


async def test_nobody_is_asked_about_what_does_not_concern_them() -> None:
    listener = Listener(OTHER, heartbeat_s=0.05)
    assert await listener.names() == ["ready"]
    listener.append(1)
    assert (await listener.next()).startswith(": heartbeat\nid: ")
    assert listener.asked == 0


@pytest.mark.parametrize("refusal", [unauthorized("Gone.", "token.invalid"), InvalidToken("expired")])
async def test_who_is_no_longer_let_in_hears_the_end_before_anything_else(refusal: Exception) -> None:
    listener = Listener()
    assert await listener.names() == ["ready"]
    listener.now = refusal
    listener.append(1)
    last = await listener.next()
    assert parse(last)[0].name == "end" and "expired" not in last and "Gone" not in last
    with pytest.raises(StopAsyncIteration):
        await listener.next()


async def test_they_are_asked_for_also_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.05)
    listener = Listener()
    assert await listener.names() == ["ready"]
    listener.now = unauthorized("Gone.", "token.invalid")
    assert await listener.names() == ["end"]


async def test_whose_rights_have_changed_is_told_to_read_anew() -> None:
    listener = Listener()
    assert await listener.names() == ["ready"]
    listener.now = replace(REQUESTER, role="agent")
    listener.append(1)
    assert await listener.names() == ["resync"]
    listener.append(2, 2)
    assert await listener.names() == ["ticket.changed"]


@pytest.mark.parametrize("lost", ["log", "caller"])
async def test_without_redis_it_ends_without_a_word(lost: str) -> None:
    listener = Listener()
    assert await listener.names() == ["ready"]
    if lost == "log":
        listener.events.lose()
    else:
        listener.now = StoreUnavailable("redis", "away")
        listener.append(1)
    with pytest.raises(StopAsyncIteration):
        await listener.next()


async def test_a_slow_one_is_told_that_it_missed_something() -> None:
    listener = Listener()
    assert await listener.names() == ["ready"]
    for number in range(1, 500):
        listener.append(number, number)
    assert await listener.names() == ["resync"]
