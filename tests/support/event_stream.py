"""Server-sent events as a client reads them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.support.desk import Caller

PATH = "/v1/events"


@dataclass(frozen=True)
class Event:
    name: str
    data: dict[str, Any]
    # "" where the block has none: the client keeps the last one.
    id: str = ""


def parse_block(lines: Iterable[str]) -> Event | None:
    """None: nothing that a client would hand on."""
    fields = dict(line.split(": ", 1) for line in lines if line and not line.startswith(":"))
    if "data" not in fields:
        return None
    return Event(fields["event"], json.loads(fields["data"]), fields.get("id", ""))


def parse(text: str) -> list[Event]:
    blocks = (parse_block(block.splitlines()) for block in text.split("\n\n"))
    return [block for block in blocks if block is not None]


async def kept_events(caller: Caller, last_event_id: str | None = None, **params: str) -> list[Event]:
    """What is sent at once, without listening on."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    answer = await caller.read.get(PATH, params={"follow": "false", **params}, headers=headers)
    assert answer.status_code == 200, answer.text
    return parse(answer.text)


async def position(caller: Caller) -> str:
    """To come back to; what happens from now on is told then."""
    (ready,) = await kept_events(caller)
    assert ready.name == "ready"
    return ready.id
