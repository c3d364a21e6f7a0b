"""A pending row as a record: the aggregate's id as the key, thin, and what it is about in its headers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from write_api.persistence.outbox import shard_of

Headers = list[tuple[str, bytes]]


class NotOurs(Exception):
    """A record in the topic that no relay of ours wrote."""


@dataclass(frozen=True)
class Change:
    """What a consumer needs to find the row of a record."""

    row_id: int
    root_id: UUID

    @property
    def shard(self) -> int:
        return shard_of(self.root_id)


def key_of(row: asyncpg.Record) -> bytes:
    return str(row["root_id"]).encode()


def value_of(row: asyncpg.Record) -> bytes:
    """The payload of the view `outbox_events`."""
    # asyncpg has a UUID of its own.
    return orjson.dumps(
        {
            "id": row["id"],
            "aggregate_type": row["aggregate_type"],
            "aggregate_id": row["aggregate_id"],
            "part_of": row["part_of"],
            "version": row["aggregate_version"],
            "event_id": row["event_id"],
            "lane": row["lane"],
        },
        default=str,
    )


def headers_of(row: asyncpg.Record) -> Headers:
    headers = [
        ("event_type", row["event_type"].encode()),
        ("version", str(row["aggregate_version"]).encode()),
        ("lane", str(row["lane"]).encode()),
        ("schema_version", str(row["schema_version"]).encode()),
    ]
    if row["trace_context"]:
        headers.append(("traceparent", row["trace_context"].encode()))
    return headers


def parse(key: bytes | None, value: bytes | None) -> Change:
    try:
        row_id = orjson.loads(value or b"")["id"]
        root_id = UUID((key or b"").decode())
    except (ValueError, KeyError, TypeError) as error:
        raise NotOurs(str(error)) from error
    if not isinstance(row_id, int):
        raise NotOurs(f"the id is {row_id!r}")
    return Change(row_id, root_id)
