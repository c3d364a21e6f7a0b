"""The audit history and the projector's pending work, both made from an aggregate's events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.shared.aggregate import Aggregate
from domain.shared.ids import uuid7
from write_api.persistence.sql import Fragment, insert_rows
from write_api.persistence.tables.outbox import domain_events, outbox
from write_api.persistence.write_plan import WritePlan

SHARDS = 16
LIVE_LANE = 0
# Fan-out, repairs and replays: work that may wait.
BACKGROUND_LANE = 1
INSERT_EVENTS = insert_rows(domain_events)
INSERT_OUTBOX = insert_rows(
    outbox,
    (
        "lane",
        "shard",
        "aggregate_type",
        "aggregate_id",
        "aggregate_version",
        "event_id",
        "event_type",
        "trace_context",
        "part_of",
    ),
)

# Messages and attachments go with their ticket (ON DELETE CASCADE), so their read models have to hear of it.
# Parameters: the ticket's id, its version after the delete.
MESSAGES_OF_DELETED_TICKET = Fragment(
    "INSERT INTO outbox (shard, aggregate_type, aggregate_id, part_of, aggregate_version, event_type)"
    " SELECT get_byte(uuid_send($1::uuid), 15) & 15, 'message', id, $1, $2::bigint, 'TicketDeleted'"
    " FROM messages WHERE ticket_id = $1 ORDER BY position",
    parameter_count=2,
)


ATTACHMENTS_OF_DELETED_TICKET = Fragment(
    "INSERT INTO outbox (shard, aggregate_type, aggregate_id, part_of, aggregate_version, event_type)"
    " SELECT get_byte(uuid_send($1::uuid), 15) & 15, 'attachment', attachments.id, $1, $2::bigint, 'TicketDeleted'"
    " FROM attachments JOIN messages ON messages.id = attachments.message_id WHERE messages.ticket_id = $1",
    parameter_count=2,
)


@dataclass(frozen=True)
class Origin:
    """Who and what caused the events of one unit of work, and from where; empty for the system's own."""

    actor_id: UUID | None = None
    request_id: str | None = None
    trace_context: str | None = None
    lane: int = LIVE_LANE
    ip_address: str | None = None
    user_agent: str | None = None
    # How the actor was known: one of the two.
    session_id: UUID | None = None
    api_token_id: UUID | None = None


SYSTEM = Origin()


@dataclass(frozen=True)
class Part:
    """A new piece of an aggregate with a read model of its own, such as a ticket's message."""

    aggregate_type: str
    id: UUID
    event_type: str


def shard_of(root_id: UUID) -> int:
    """The last four bits, which are random in our ids. In SQL: `get_byte(uuid_send(id), 15) & 15`."""
    return root_id.int & (SHARDS - 1)


def append(plan: WritePlan, aggregate: Aggregate, origin: Origin, parts: Iterable[Part] = ()) -> None:
    """Takes the aggregate's events. A part's row has the version of its root: until it is done, that is not applied."""
    version = aggregate.version + 1
    shard = shard_of(aggregate.id)

    def pending(
        aggregate_type: str, aggregate_id: UUID, event_id: UUID | None, event_type: str, part_of: UUID | None = None
    ) -> dict[str, Any]:
        return {
            "lane": origin.lane,
            "shard": shard,
            "aggregate_type": aggregate_type,
            "aggregate_id": aggregate_id,
            "aggregate_version": version,
            "event_id": event_id,
            "event_type": event_type,
            "trace_context": origin.trace_context,
            "part_of": part_of,
        }

    plan.insert(
        INSERT_OUTBOX,
        *(pending(part.aggregate_type, part.id, None, part.event_type, aggregate.id) for part in parts),
    )
    for ordinal, event in enumerate(aggregate.pull_events()):
        event_id = uuid7()
        plan.insert(
            INSERT_EVENTS,
            {
                "id": event_id,
                "aggregate_type": aggregate.aggregate_type,
                "aggregate_id": aggregate.id,
                "version": version,
                "ordinal": ordinal,
                "type": event.event_type(),
                "data": event.data(),
                "actor_id": origin.actor_id,
                "request_id": origin.request_id,
                "occurred_at": event.occurred_at,
                "ip_address": origin.ip_address,
                "user_agent": origin.user_agent,
                "session_id": origin.session_id,
                "api_token_id": origin.api_token_id,
            },
        )
        plan.insert(INSERT_OUTBOX, pending(aggregate.aggregate_type, aggregate.id, event_id, event.event_type()))
