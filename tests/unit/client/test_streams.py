"""Events and exports, as they come over connections that break."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.client.server import async_client, client, problem
from tidedesk_client import BrokenOff, Event, Unauthorized
from tidedesk_client.lines import lines

FIRST = b'retry: 0\nevent: ready\nid: 1\ndata: {}\n\nevent: ticket.changed\nid: 2\ndata: {"id":"t1"}\n\nevent: message'
SECOND = b': heartbeat\nid: 7\n\nevent: message.added\r\ndata: {"id":\ndata: "m1"}\r\n\r\n'
END = b'event: end\ndata: {"code":"token.invalid"}\n\n'


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Sends some bytes, then the connection is gone."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.ReadError("reset")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content
        raise httpx.ReadError("reset")


def events_server(asked: list[str | None]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("Last-Event-ID"))
        if len(asked) == 1:
            return httpx.Response(200, stream=Broken(FIRST))
        return httpx.Response(200, content=SECOND if len(asked) == 2 else END)

    return answer


HEARD = [
    Event("ready", {}, "1"),
    Event("ticket.changed", {"id": "t1"}, "2"),
    Event("message.added", {"id": "m1"}, "7"),
    Event("end", {"code": "token.invalid"}, "7"),
]


def test_a_stream_comes_back_where_it_was() -> None:
    asked: list[str | None] = []
    stream = client(events_server(asked)).events.stream_events(types="ticket", last_event_id="0")
    assert list(stream) == HEARD
    # Also what only a heartbeat named.
    assert asked == ["0", "2", "7"] and stream.last_event_id == "7"


async def test_the_other_stream_comes_back_too() -> None:
    asked: list[str | None] = []
    stream = async_client(events_server(asked)).events.stream_events()
    assert [event async for event in stream] == HEARD
    assert asked == [None, "2", "7"]


def test_what_was_kept_comes_once() -> None:
    asked: list[str | None] = []

    def kept(request: httpx.Request) -> httpx.Response:
        assert request.url.params["follow"] == "false"
        asked.append(request.headers.get("Last-Event-ID"))
        return httpx.Response(200, content=SECOND)

    assert [event.name for event in client(kept).events.stream_events(follow=False)] == ["message.added"]
    assert len(asked) == 1


def test_who_may_not_listen_hears_why() -> None:
    with pytest.raises(Unauthorized):
        list(client(lambda _: problem(401)).events.stream_events())


ITEMS = [{"subject": "one\u2028line\x85 still"}, {"subject": "two"}]


def json_lines(*ending: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in [*ITEMS, *ending])


def test_an_export_has_all_items_and_no_mark() -> None:
    desk = client(lambda _: httpx.Response(200, content=json_lines({"complete": True, "count": 2})))
    assert list(desk.tickets.export_tickets(status=["open"])) == ITEMS


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (json_lines({"complete": False, "count": 2, "code": "rights.changed"}), "rights.changed"),
        (json_lines(), "connection.lost"),
        (json_lines()[:-5], "connection.lost"),
        (b"", "connection.lost"),
    ],
)
@pytest.mark.parametrize("breaks", [False, True])
def test_an_export_that_is_not_whole_says_so(stream: bytes, code: str, breaks: bool) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Broken(stream)) if breaks else httpx.Response(200, content=stream)

    with pytest.raises(BrokenOff) as broken:
        list(client(answer).tickets.export_tickets())
    assert broken.value.code == ("connection.lost" if breaks else code)


ROW = 'a,"two\nlines"\r\n'


@pytest.mark.parametrize(
    ("ending", "code"),
    [("#complete,1\r\n", None), ("#broken-off,1,store.unavailable\r\n", "store.unavailable"), ("", "connection.lost")],
)
async def test_a_table_is_whole_or_says_so(ending: str, code: str | None) -> None:
    export = async_client(lambda _: httpx.Response(200, text=f"id,subject\r\n{ROW}{ending}")).tickets.export_tickets(
        format="csv"
    )
    if code is None:
        rows = [line async for line in export.lines()]
        assert list(csv.reader(rows)) == [["id", "subject"], ["a", "two\nlines"]]
    else:
        with pytest.raises(BrokenOff, match=code):
            [line async for line in export.lines()]


async def test_the_other_export_has_all_items() -> None:
    desk = async_client(lambda _: httpx.Response(200, content=json_lines({"complete": True, "count": 2})))
    assert [item async for item in desk.tickets.export_tickets()] == ITEMS


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=5)), st.data())
def test_lines_do_not_depend_on_how_they_come(texts: list[str], data: st.DataObject) -> None:
    whole = "".join(f"{text}\n" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=4)))
    pieces = [whole[start:end] for start, end in itertools.pairwise([0, *cuts, len(whole)])]
    assert list(lines(pieces)) == [f"{text}\n" for text in texts]
