"""A load generator that costs little: raw HTTP/1.1 over kept connections. Reads a job as JSON, prints what it saw."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle
from typing import Any, cast

import httptools
import uvloop

from benchmarks.harness.spread import percentile


class Run:
    """Requests in turn to whichever connection is free, until the time is over."""

    def __init__(self, requests: list[bytes], warm_up_s: float, seconds: float) -> None:
        self._requests = cycle(requests)
        self.counts_from = time.perf_counter() + warm_up_s
        self.ends_at = self.counts_from + seconds
        self.latencies_s: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = 0
        self.last_answer_at = self.counts_from

    def next_request(self, now: float) -> bytes | None:
        # On a busy machine a short run may be over before anything counted.
        return next(self._requests) if now < self.ends_at or not self.latencies_s else None

    def saw(self, status: int, started: float, now: float) -> None:
        self.statuses[status] += 1
        if started >= self.counts_from:
            self.latencies_s.append(now - started)
            self.last_answer_at = now

    @property
    def seconds(self) -> float:
        return max(self.last_answer_at - self.counts_from, 1e-9)


class Client(asyncio.Protocol):
    def __init__(self, run: Run, done: Callable[[str | None], None]) -> None:
        self._run = run
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._started = 0.0
        self._finished = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._run.bytes += len(data)
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self._run.saw(self._parser.get_status_code(), self._started, time.perf_counter())
        # A parser keeps its state from message to message; a new one is cheap and sure.
        self._parser = httptools.HttpResponseParser(self)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._finished:
            self._finished = True
            self._done(f"the server closed a connection: {error}")

    def _send(self) -> None:
        self._started = time.perf_counter()
        request = self._run.next_request(self._started)
        if request is None:
            self._finished = True
            self._done(None)
            self._transport.close()
        else:
            self._transport.write(request)


async def drive(job: dict[str, Any]) -> dict[str, Any]:
    run = Run([request.encode() for request in job["requests"]], job["warm_up_s"], job["seconds"])
    loop = asyncio.get_running_loop()
    endings: list[asyncio.Future[str | None]] = []
    for _ in range(job["clients"]):
        endings.append(loop.create_future())
        await loop.create_connection(partial(Client, run, endings[-1].set_result), job["host"], job["port"])
    faults = [fault for fault in await asyncio.gather(*endings) if fault is not None]
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "faults": faults,
        "statuses": {str(status): count for status, count in run.statuses.items()},
        "rate": len(run.latencies_s) / run.seconds,
        "p50_ms": percentile(run.latencies_s, 0.5) * 1e3 if run.latencies_s else None,
        "p95_ms": percentile(run.latencies_s, 0.95) * 1e3 if run.latencies_s else None,
        "p99_ms": percentile(run.latencies_s, 0.99) * 1e3 if run.latencies_s else None,
        "busy": (used.ru_utime + used.ru_stime) / (job["warm_up_s"] + run.seconds),
        "bytes": run.bytes,
    }


if __name__ == "__main__":
    uvloop.install()
    print(json.dumps(asyncio.run(drive(json.load(sys.stdin)))))
