"""From the answer of a command to the moment a search finds what it wrote.

Needs a running stack with the demo logins, for example after `tidedesk up --detach`:

    .venv/bin/python -m benchmarks.commit_to_searchable --rate 50 --seconds 60
"""

from __future__ import annotations

import argparse
import asyncio
import time
from dataclasses import dataclass, field

import aiohttp

from benchmarks.report import Row, percentile, table
from read_models.names import alias
from runtime.settings import Settings, read_settings
from stack.layout import Layout
from stack.state import State

# How often searches look: the resolution of the result.
LOOK_INTERVAL_S = 0.01
PATIENCE_S = 30.0


@dataclass
class Watch:
    """Writes that no search has found yet, and how long the others took."""

    waiting: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    written: int = 0


async def sign_in(http: aiohttp.ClientSession, base_url: str) -> dict[str, str]:
    login = {"email": "agent@example.com", "password": "tidedesk-demo-2026"}
    async with http.post(f"{base_url}/v1/sessions", json=login) as answer:
        answer.raise_for_status()
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}


async def write(http: aiohttp.ClientSession, base_url: str, headers: dict[str, str], watch: Watch, number: int) -> None:
    body = {"subject": f"Measured question {number}", "body": "How long until a search finds this?"}
    async with http.post(f"{base_url}/v1/tickets", json=body, headers=headers) as answer:
        answer.raise_for_status()
        ticket_id = (await answer.json())["id"]
    watch.waiting[ticket_id] = time.monotonic()
    watch.written += 1


async def look(http: aiohttp.ClientSession, search_url: str, watch: Watch) -> None:
    """Until cancelled: which of the waiting ones does a search find now?"""
    while True:
        if ids := list(watch.waiting):
            query = {"size": len(ids), "_source": False, "query": {"ids": {"values": ids}}}
            async with http.post(search_url, json=query) as answer:
                answer.raise_for_status()
                found = [hit["_id"] for hit in (await answer.json())["hits"]["hits"]]
            now = time.monotonic()
            watch.seconds += [now - watch.waiting.pop(ticket_id) for ticket_id in found]
        await asyncio.sleep(LOOK_INTERVAL_S)


async def measure(settings: Settings, write_url: str, rate: int, seconds: int) -> Watch:
    watch, search_url = Watch(), f"{settings.elasticsearch_url}/{alias(settings.namespace, 'tickets')}/_search"
    async with aiohttp.ClientSession() as http:
        headers = await sign_in(http, write_url)
        looking = asyncio.create_task(look(http, search_url, watch))
        started, writes = time.monotonic(), []
        for number in range(rate * seconds):
            await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
            writes.append(asyncio.create_task(write(http, write_url, headers, watch, number)))
        await asyncio.gather(*writes)
        deadline = time.monotonic() + PATIENCE_S
        while watch.waiting and time.monotonic() < deadline and not looking.done():
            await asyncio.sleep(LOOK_INTERVAL_S)
        looking.cancel()
    return watch


def rows(watch: Watch, rate: int, seconds: int) -> list[Row]:
    def milliseconds(share: float) -> str:
        return f"{percentile(watch.seconds, share) * 1000:,.0f} ms"

    return [
        Row(f"writes at {rate}/s for {seconds} s", f"{watch.written:,}", "tickets created through the command API"),
        Row("commit to searchable, p50", milliseconds(0.5), "includes the way back of the answer"),
        Row("commit to searchable, p99", milliseconds(0.99), "below 1,000 ms"),
        Row("commit to searchable, longest", f"{max(watch.seconds) * 1000:,.0f} ms", ""),
        Row("missing", str(len(watch.waiting)), "0"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=50, help="writes a second")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    layout = Layout.at(None)
    saved = State.load(layout.state_file)
    write_url = f"http://127.0.0.1:{saved.port_base if saved else 8000}"
    watch = asyncio.run(measure(read_settings(), write_url, options.rate, options.seconds))
    print(table(rows(watch, options.rate, options.seconds)))


if __name__ == "__main__":
    main()
