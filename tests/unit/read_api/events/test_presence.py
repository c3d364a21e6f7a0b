"""Presence goes beside the log: nobody is told afterwards, and only whoever can use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

from read_api.context import Caller
from read_api.events.log import EventLog
from read_api.events.presence import PresenceFeed
from read_api.events.shown import Interest, told_presence
from read_api.events.subscription import Subscription
from runtime.presence import PresenceChange
from tests.support.event_stream import Event, parse
from tests.unit.read_api.events.changes import ADMIN, REQUESTER, THEIRS, entry

AGENT = Caller(user_id="agent", role="agent")
SCOPED = replace(AGENT, ticket_access="groups", group_ids=("group",))
ASKED = Interest(frozenset(("ticket", "presence")))


def change(ticket_id: str = "t", *people: str, **deciding: Any) -> PresenceChange:
    return PresenceChange(ticket_id, frozenset(people), {**THEIRS, **deciding})


def test_the_newest_change_of_each_ticket_is_kept() -> None:
    feed = PresenceFeed(kept=2)
    feed.note([change("a"), change("b"), change("a", "ada")])
    assert [one.ticket_id for one in feed.since(0)] == ["b", "a"]
    assert feed.since(0)[-1].people == {"ada"}
    assert [one.ticket_id for one in feed.since(2)] == ["a"]
    assert feed.since(feed.end) == []
    feed.note([change("c")])
    assert [one.ticket_id for one in feed.since(0)] == ["a", "c"]


def test_only_staff_who_see_the_ticket_are_told() -> None:
    assert told_presence(AGENT, change(), None) == [("presence.changed", {"ticket_id": "t"})]
    assert told_presence(REQUESTER, change(), None) == []
    assert told_presence(SCOPED, change(), None) == []
    here, elsewhere = change(group_id="group"), {**THEIRS, "group_id": "elsewhere"}
    assert told_presence(SCOPED, here, None) and told_presence(SCOPED, here, here.deciding)
    # Whichever of the two is behind the other.
    assert told_presence(SCOPED, here, elsewhere) == []
    assert told_presence(SCOPED, change(), here.deciding) == []


def test_it_is_told_to_who_asks_for_it_and_is_there_or_names_the_ticket() -> None:
    there = change("t", "agent")
    assert ASKED.covers_presence(there, AGENT)
    assert not ASKED.covers_presence(there, ADMIN)
    assert replace(ASKED, ticket_id="t").covers_presence(there, ADMIN)
    assert not replace(ASKED, ticket_id="u").covers_presence(there, AGENT)
    assert not Interest(frozenset(("ticket",))).covers_presence(there, AGENT)


class Listener:
    def __init__(self, caller: Caller = AGENT) -> None:
        self.events = EventLog(100)
        self.events.begin([], 1_000_000)
        self.caller, self.asked = caller, 0
        subscription = Subscription(self.events, caller, self.who_now, ASKED, heartbeat_s=15)
        self.blocks: AsyncGenerator[bytes, None] = subscription.blocks(None, False, follow=True)

    async def who_now(self) -> Caller:
        self.asked += 1
        return self.caller

    async def next(self) -> list[Event]:
        return parse((await asyncio.wait_for(anext(self.blocks), 10)).decode())


async def test_it_wakes_whoever_waits_and_is_no_place_to_come_back_to() -> None:
    listener = Listener()
    await listener.next()
    waiting = asyncio.ensure_future(listener.next())
    await asyncio.sleep(0)
    listener.events.note_presence([change("t", "agent")])
    assert await waiting == [Event("presence.changed", {"ticket_id": "t"})]
    # Rights are asked for before it is told.
    assert listener.asked == 1
    listener.events.append([entry(1_000_001, 1, THEIRS)], 1_000_001)
    (told,) = await listener.next()
    assert told.name == "ticket.changed" and told.id == "1000001-0"


async def test_whoever_comes_later_is_not_told_of_it() -> None:
    listener = Listener()
    listener.events.note_presence([change("t", "agent")])
    later = Subscription(listener.events, AGENT, listener.who_now, ASKED, heartbeat_s=15)
    kept = [parse(block.decode()) async for block in later.blocks(listener.events.position, True, follow=False)]
    assert [event.name for events in kept for event in events] == ["ready"]


async def test_of_the_tickets_of_others_nobody_is_asked_about() -> None:
    listener = Listener()
    await listener.next()
    waiting = asyncio.ensure_future(listener.next())
    await asyncio.sleep(0)
    listener.events.note_presence([change("t", "somebody")])
    await asyncio.sleep(0)
    listener.events.note_presence([change("u", "agent")])
    assert await waiting == [Event("presence.changed", {"ticket_id": "u"})]
    assert listener.asked == 1
