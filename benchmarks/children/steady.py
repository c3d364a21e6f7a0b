"""Commands at a steady rate through the real command API, and searches that look when each can be found."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import aiohttp
import uvloop

from benchmarks.harness.spread import percentile

# How often searches look, which is the resolution of the result.
LOOK_INTERVAL_S = 0.015
# Whatever a refresh brings, the writes that have waited longest are nearly always among it. So few are looked for each
# time, and all when one of them was found: looking for all each time took a quarter of two slow cores.
PROBED_IDS = 20
# And all of them at least that often, should the oldest be held up.
LOOK_AT_ALL_INTERVAL_S = 0.15
MOST_IDS = 5_000
PATIENCE_S = 30.0
ONLY_VERSIONS = {"filter_path": "hits.hits._id,hits.hits.fields"}
TIMEOUT_S = 60.0


@dataclass
class Write:
    version: int
    sent_s: float
    answered_s: float
    counts: bool


@dataclass
class Watch:
    """Writes that no search has shown yet, and how long the others took in seconds."""

    waiting: dict[str, deque[Write]] = field(default_factory=dict)
    from_answer: list[float] = field(default_factory=list)
    from_sending: list[float] = field(default_factory=list)
    written: int = 0
    refused: list[str] = field(default_factory=list)
    latest_s: float = 0.0

    def saw(self, ticket_id: str, version: int, now: float) -> None:
        writes = self.waiting.get(ticket_id)
        while writes and writes[0].version <= version:
            write = writes.popleft()
            if write.counts:
                self.from_answer.append(now - write.answered_s)
                self.from_sending.append(now - write.sent_s)
        if not writes:
            self.waiting.pop(ticket_id, None)


class Steady:
    def __init__(self, http: aiohttp.ClientSession, job: dict[str, Any]) -> None:
        self._http = http
        self._job = job
        self._headers = {"Authorization": f"Bearer {job['token']}", "Content-Type": "application/json"}
        self.watch = Watch()

    async def run(self) -> None:
        job = self._job
        looking = asyncio.create_task(self._look())
        started, rate = time.monotonic(), job["creates_per_s"] + job["changes_per_s"]
        tasks = []
        for number in range(int(rate * (job["warm_up_s"] + job["seconds"]))):
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            self.watch.latest_s = max(self.watch.latest_s, time.monotonic() - due)
            counts = due >= started + job["warm_up_s"]
            # Evenly mixed: of three, two are creates where the rates are 200 and 100.
            creates = number * job["creates_per_s"] % rate < job["creates_per_s"]
            tasks.append(asyncio.create_task(self._create(number, counts) if creates else self._change(number, counts)))
        await asyncio.gather(*tasks)
        give_up = time.monotonic() + PATIENCE_S
        while self.watch.waiting and time.monotonic() < give_up and not looking.done():
            await asyncio.sleep(LOOK_INTERVAL_S)
        if looking.done():
            looking.result()
        looking.cancel()

    async def _create(self, number: int, counts: bool) -> None:
        body = self._job["bodies"][number % len(self._job["bodies"])]
        await self._send("POST", "/v1/tickets", body, {}, counts)

    async def _change(self, number: int, counts: bool) -> None:
        tickets = self._job["tickets"]
        # Never the same twice: a change that changes nothing would be found at once.
        subject = f"changed at {time.monotonic_ns()}"
        body = json.dumps({"subject": subject, "priority": "high" if number % 2 else "low"})
        await self._send("PATCH", f"/v1/tickets/{tickets[number % len(tickets)]}", body, {"If-Match": "*"}, counts)

    async def _send(self, method: str, path: str, body: str, headers: dict[str, str], counts: bool) -> None:
        sent = time.monotonic()
        try:
            async with self._http.request(
                method, self._job["write_url"] + path, data=body, headers={**self._headers, **headers}
            ) as answer:
                said = await answer.json()
        except asyncio.TimeoutError:
            self.watch.refused.append(
                f"no answer within {TIMEOUT_S:.0f} s: so many a second are too many for this machine"
            )
            return
        if answer.status >= 300:
            self.watch.refused.append(f"{answer.status} {said}")
            return
        write = Write(said["version"], sent, time.monotonic(), counts)
        self.watch.waiting.setdefault(said["id"], deque()).append(write)
        self.watch.written += counts

    async def _look(self) -> None:
        looked_at_all_at = float("-inf")
        while True:
            is_time = time.monotonic() >= looked_at_all_at + LOOK_AT_ALL_INTERVAL_S
            if is_time or await self._finds(PROBED_IDS):
                await self._finds(MOST_IDS)
                looked_at_all_at = time.monotonic()
            await asyncio.sleep(LOOK_INTERVAL_S)

    async def _finds(self, most: int) -> bool:
        """Whether a write is shown that was waited for, of those that have waited longest."""
        ids = list(islice(self.watch.waiting, most))
        if not ids:
            return False
        query = {
            "query": {"ids": {"values": ids}},
            "size": len(ids),
            "_source": False,
            "docvalue_fields": ["version"],
            "track_total_hits": False,
        }
        async with self._http.post(self._job["search_url"], params=ONLY_VERSIONS, json=query) as answer:
            answer.raise_for_status()
            hits = (await answer.json()).get("hits", {}).get("hits", [])
        now = time.monotonic()
        for hit in hits:
            self.watch.saw(hit["_id"], hit["fields"]["version"][0], now)
        return any(id_ not in self.watch.waiting for id_ in ids)


def _percentiles(seconds: list[float]) -> dict[str, float] | None:
    """None where nothing was found at all."""
    if not seconds:
        return None
    return {name: percentile(seconds, share) for name, share in (("p50", 0.5), ("p99", 0.99))}


async def run(job: dict[str, Any]) -> dict[str, Any]:
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=64)) as http:
        steady = Steady(http, job)
        await steady.run()
    watch = steady.watch
    return {
        "from_answer": _percentiles(watch.from_answer),
        "from_sending": _percentiles(watch.from_sending),
        "written": watch.written,
        "missing": sum(len(writes) for writes in watch.waiting.values()),
        "refused": watch.refused[:5],
        "latest_s": watch.latest_s,
    }


if __name__ == "__main__":
    uvloop.install()
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
