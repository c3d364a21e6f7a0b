from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.harness.children import ChildFailed, run_child

WARM_UP_S = 0.5
# For the start of the generator and the last answers.
GRACE_S = 30.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: str = ""
    token: str | None = None

    def encoded(self, host: str) -> str:
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", "Accept: application/json"]
        if self.token is not None:
            lines.append(f"Authorization: Bearer {self.token}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", self.body])


@dataclass(frozen=True)
class Load:
    """What a number of clients saw that each send the next request when the last one was answered."""

    rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    # Share of one core that the generator itself took.
    busy: float
    bytes: int


async def drive(base_url: str, requests: Sequence[Request], *, clients: int, seconds: float) -> Load:
    """Raises where an answer is not a success: a server that refuses quickly is not fast."""
    address, warm_up_s = urlsplit(base_url), min(WARM_UP_S, seconds / 2)
    job = {
        "host": address.hostname,
        "port": address.port,
        "requests": [request.encoded(address.netloc) for request in requests],
        "clients": clients,
        "seconds": seconds,
        "warm_up_s": warm_up_s,
    }
    seen: Mapping[str, Any] = await run_child(
        None, "benchmarks.children.load", given=json.dumps(job).encode(), timeout_s=warm_up_s + seconds + GRACE_S
    )
    refused = {status: count for status, count in seen["statuses"].items() if not status.startswith("2")}
    if seen["faults"] or refused or seen["p50_ms"] is None:
        raise ChildFailed(f"{base_url}{requests[0].path}: statuses {seen['statuses']}, {seen['faults'][:3]}")
    return Load(**{name: seen[name] for name in Load.__dataclass_fields__})
