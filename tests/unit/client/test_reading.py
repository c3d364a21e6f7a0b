"""Pages, and reading one's own writes."""

from __future__ import annotations

from collections.abc import Iterable

import httpx
import pytest

from tests.unit.client.server import async_client, client
from tidedesk_client.last_write import CARRIED_FOR_S, LastWrite
from tidedesk_client.types import TicketItem

# By cursor: the subjects, and the cursors of the pages behind and before.
PAGES = {"": ("ab", "2", None), "2": ("c", "3", "1"), "3": ("", None, "2"), "1": ("ab", "2", None)}


def listed(request: httpx.Request) -> httpx.Response:
    letters, following, before = PAGES[request.url.params.get("cursor", "")]
    assert request.url.params["status"] == "open"
    items = [{"subject": subject} for subject in letters]
    return httpx.Response(200, json={"items": items, "next": following, "prev": before})


def subjects(tickets: Iterable[TicketItem]) -> str:
    return "".join(ticket["subject"] for ticket in tickets)


def test_a_list_goes_on_to_its_end() -> None:
    page = client(listed).tickets.list_tickets(status=["open"])
    assert subjects(page.all()) == "abc"
    assert [one.data["next"] for one in page.pages()] == ["2", "3", None]


def test_pages_are_fetched_one_by_one() -> None:
    first = client(listed).tickets.list_tickets(status=["open"])
    assert first.previous() is None
    second = first.next()
    assert second is not None and subjects(second.items) == "c"
    back = second.previous()
    assert back is not None and subjects(back.items) == "ab"


async def test_the_other_client_goes_on_too() -> None:
    page = await async_client(listed).tickets.list_tickets(status=["open"])
    assert subjects([item async for item in page.all()]) == "abc"
    second = await page.next()
    assert second is not None and (await second.previous()) is not None
    assert await page.previous() is None


class Desk:
    """Writes under w1, w2…, and keeps what reads waited for."""

    def __init__(self) -> None:
        self.writes = 0
        self.waited: list[tuple[str | None, str | None]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.writes += 1
            return httpx.Response(201, json={}, headers={"Consistency-Token": f"w{self.writes}"})
        self.waited.append((request.headers.get("Consistency-Token"), request.headers.get("Prefer")))
        return httpx.Response(200, json={"items": [], "next": "2" if len(self.waited) < 3 else None, "prev": None})


def test_a_read_waits_for_the_last_write() -> None:
    server = Desk()
    desk = client(server)
    desk.tickets.list_tickets()
    desk.tickets.open_ticket(subject="s", body="b")
    written = desk.tickets.open_ticket(subject="s", body="b")
    assert written.consistency_token == "w2"
    desk.tickets.list_tickets()
    desk.tickets.list_tickets(consistency_token="w1", wait_s=1)
    desk.tickets.list_tickets(wait_s=99)
    assert server.waited == [(None, None), ("w2", "wait=5"), ("w1", "wait=1"), ("w2", "wait=5")]


def test_pages_of_one_list_wait_for_one_write() -> None:
    server = Desk()
    desk = client(server, wait_s=2)
    before = desk.tickets.list_tickets()
    desk.tickets.open_ticket(subject="s", body="b")
    # Begun before the write, so it does not show it.
    before.next()
    server.waited.clear()
    page = desk.tickets.list_tickets()
    desk.tickets.open_ticket(subject="s", body="b")
    assert len(list(page.pages())) == 3
    assert server.waited == [("w1", "wait=2")] * 3


@pytest.mark.parametrize(("passed_s", "token"), [(0.0, "w"), (CARRIED_FOR_S - 1, "w"), (CARRIED_FOR_S, None)])
def test_a_write_is_carried_for_a_while(passed_s: float, token: str | None) -> None:
    now = 100.0
    last = LastWrite(lambda: now)
    assert last.token is None
    last.note({})
    last.note({"Consistency-Token": "w"})
    now += passed_s
    assert last.token == token
