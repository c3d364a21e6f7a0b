"""`_bulk` with external versions: what to send, and what each item's result means."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

import orjson

from projector.sinks.elasticsearch import NDJSON, Elasticsearch, refusal
from runtime.elasticsearch_nodes import LOST_NODE
from runtime.errors import StoreUnavailable

# Large enough to keep Elasticsearch busy, small enough for its memory and for one deadline.
CHUNK_BYTES = 8_000_000
# Below the 15 s after which Postgres ends an idle transaction: a batch never outlives its locks.
BULK_TIMEOUT_S = 8.0
# With less than that left, what is to be sent again waits for the next batch.
SHORTEST_TIMEOUT_S = 1.0
QUEUE_FULL = "es_rejected_execution_exception"
# Types of error that say nothing against the document.
BUSY = LOST_NODE | {"cluster_block_exception", "index_not_found_exception", "index_closed_exception"}
NOTHING_FAILED = b'{"errors":false'
BULK_PATH = (
    "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"
)
# Elasticsearch repeats what it could not index.
LONGEST_REASON = 300


class Fate(IntEnum):
    """Of one document, from good to bad."""

    DONE = 0
    # It can never be indexed: a dead letter.
    REFUSED = 1
    # Something is wrong with it, perhaps not for ever.
    FAILED = 2
    # Nothing is wrong with it, the store cannot take anything now.
    BUSY = 3


@dataclass(frozen=True)
class Failure:
    fate: Fate
    reason: str


Key = TypeVar("Key")


@dataclass
class Chunk(Generic[Key]):
    """Items of one `_bulk` request; `keys` says whose they are."""

    parts: list[bytes] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, key: Key, index: str, document_id: str, version: int, source: bytes) -> None:
        action = (
            f'{{"index":{{"_index":"{index}","_id":"{document_id}","version":{version},'
            f'"version_type":"external"}}}}\n'
        ).encode()
        self.parts += (action, source, b"\n")
        self.keys.append(key)
        self.size_bytes += len(action) + len(source) + 1

    @property
    def is_full(self) -> bool:
        return self.size_bytes >= CHUNK_BYTES

    def halves(self) -> tuple[Chunk[Key], Chunk[Key]]:
        middle = len(self.keys) // 2
        return self._slice(0, middle), self._slice(middle, len(self.keys))

    def only(self, places: Iterable[int]) -> Chunk[Key]:
        picked = [(self.parts[3 * place : 3 * place + 3], self.keys[place]) for place in places]
        parts = [part for item, _ in picked for part in item]
        return Chunk(parts, [key for _, key in picked], sum(map(len, parts)))

    def _slice(self, start: int, end: int) -> Chunk[Key]:
        parts = self.parts[3 * start : 3 * end]
        return Chunk(parts, self.keys[start:end], sum(map(len, parts)))


async def send_bulk(
    elasticsearch: Elasticsearch, chunk: Chunk[Key], timeout_s: float = BULK_TIMEOUT_S
) -> list[tuple[Key, Failure]]:
    """Sends the chunk; answers what failed, item by item. Raises StoreUnavailable where nothing is known."""
    if not chunk.keys:
        return []
    started = time.monotonic()
    status, answer = await elasticsearch.send(
        "POST", BULK_PATH, b"".join(chunk.parts), headers=NDJSON, timeout_s=timeout_s
    )
    if status == 413:
        if len(chunk.keys) == 1:
            elasticsearch.count_bulk("dead", 1)
            reason = f"{chunk.size_bytes} bytes are more than Elasticsearch takes in one request"
            return [(chunk.keys[0], Failure(Fate.REFUSED, reason))]
        return [failure for half in chunk.halves() for failure in await send_bulk(elasticsearch, half, timeout_s)]
    if status >= 300:
        raise refusal(status, answer)
    if answer.startswith(NOTHING_FAILED):
        elasticsearch.count_bulk("ok", len(chunk.keys))
        return []
    results = [item["index"] for item in orjson.loads(answer)["items"]]
    sent_again, failures = await _send_rest(elasticsearch, chunk, results, timeout_s - (time.monotonic() - started))
    fates = [(place, _failure(result)) for place, result in enumerate(results) if place not in sent_again]
    for name, count in Counter(_outcome(results[place], failure) for place, failure in fates).items():
        elasticsearch.count_bulk(name, count)
    return failures + [(chunk.keys[place], failure) for place, failure in fates if failure is not None]


async def send_ready(elasticsearch: Elasticsearch, body: bytes) -> bool:
    """Sends a whole request that Postgres made. False where anything of it was refused: what, has to be found out one
    by one. Raises StoreUnavailable where nothing is known."""
    status, answer = await elasticsearch.send("POST", BULK_PATH, body, headers=NDJSON, timeout_s=BULK_TIMEOUT_S)
    if status == 413:
        return False
    if status >= 300:
        raise refusal(status, answer)
    if answer.startswith(NOTHING_FAILED):
        return True
    return all(_failure(item["index"]) is None for item in orjson.loads(answer)["items"])


async def _send_rest(
    elasticsearch: Elasticsearch, chunk: Chunk[Key], results: list[dict[str, object]], left_s: float
) -> tuple[set[int], list[tuple[Key, Failure]]]:
    """What found no place in the queue of writes where the rest did. Each index needs one: where the queue is shorter
    than that, the same index would be left over every time."""
    rest = {place for place, result in enumerate(results) if _found_no_place(result)}
    if len(rest) == len(results) or left_s < SHORTEST_TIMEOUT_S:
        return set(), []
    try:
        return rest, await send_bulk(elasticsearch, chunk.only(sorted(rest)), left_s)
    except StoreUnavailable:
        # They stay what they were: busy.
        return set(), []


def _found_no_place(result: dict[str, object]) -> bool:
    error = result.get("error")
    return isinstance(error, dict) and error.get("type") == QUEUE_FULL


def _failure(result: dict[str, object]) -> Failure | None:
    status = result["status"]
    # 409: a newer version is there already, which contains this one.
    if status in (200, 201, 409):
        return None
    error = result.get("error")
    kind = str(error.get("type")) if isinstance(error, dict) else "unknown"
    return Failure(classify(int(str(status)), kind), f"{status} {kind}: {_reason(error)}")


def _outcome(result: dict[str, object], failure: Failure | None) -> str:
    if failure is None:
        return "conflict" if result["status"] == 409 else "ok"
    return "dead" if failure.fate is Fate.REFUSED else "retry"


def _reason(error: object) -> str:
    if not isinstance(error, dict):
        return "no reason given"
    cause = error.get("caused_by")
    reasons = [error.get("reason"), cause.get("reason") if isinstance(cause, dict) else None]
    return "; ".join(str(reason)[:LONGEST_REASON] for reason in reasons if reason)


def classify(status: int, kind: str) -> Fate:
    if status in (429, 503) or kind in BUSY:
        return Fate.BUSY
    if status in (400, 413):
        return Fate.REFUSED
    return Fate.FAILED
