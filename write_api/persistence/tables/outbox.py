"""Pending work for the projector, what failed for good, and where projections stand (research: docs/adr)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Double,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.types import UserDefinedType

from write_api.persistence.tables.metadata import Instant, Uuid, metadata, now_default, one_of, primary_id


class TransactionId(UserDefinedType[int]):
    """Postgres's 64-bit transaction id, which SQLAlchemy does not know."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


# Version of every projected document: drawn after the claim and before the read, never the outbox id.
projection_version = Sequence("projection_version", metadata=metadata, data_type=BigInteger)

# The audit log: neither a trigger nor the grants of the processes' role let anything in it be changed.
domain_events = Table(
    "domain_events",
    metadata,
    primary_id(),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("actor_id", Uuid),
    Column("request_id", Text),
    Column("occurred_at", Instant, nullable=False),
    Column("ip_address", Text),
    Column("user_agent", Text),
    # How the actor was known: one of the two, or neither for the system's own.
    Column("session_id", Uuid),
    Column("api_token_id", Uuid),
    UniqueConstraint("aggregate_id", "version", "ordinal"),
)

_QUEUE_STORAGE = {
    # A queue table turns over all the time: vacuum by a constant number of rows, without pauses.
    "fillfactor": 90,
    "autovacuum_vacuum_scale_factor": 0,
    "autovacuum_vacuum_threshold": 5000,
    "autovacuum_vacuum_insert_scale_factor": 0,
    "autovacuum_vacuum_insert_threshold": 50000,
    "autovacuum_vacuum_cost_delay": 0,
}

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("xid", TransactionId(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("lane", SmallInteger, nullable=False, server_default="0"),
    Column("shard", SmallInteger, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("event_id", Uuid),
    Column("event_type", Text, nullable=False),
    Column("payload", JSONB),
    Column("trace_context", Text),
    Column("schema_version", SmallInteger, nullable=False, server_default="1"),
    Column("created_at", Instant, nullable=False, server_default=now_default()),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False, server_default=text("'-infinity'")),
    # Of a part, such as a message: the aggregate whose version it belongs to.
    Column("part_of", Uuid),
    Column("root_id", Uuid, Computed("COALESCE(part_of, aggregate_id)", persisted=True), nullable=False),
    PrimaryKeyConstraint("shard", "lane", "id"),
    # All that is pending of one aggregate: projected together, and none of it counts as applied.
    Index("ix_outbox_root_id", "root_id"),
    info={"storage": _QUEUE_STORAGE},
)

# Rows that Kafka has and that are not projected yet: where each one's record is. The view `pending_changes` is both.
outbox_published = Table(
    "outbox_published",
    metadata,
    Column("id", BigInteger, nullable=False),
    Column("xid", TransactionId(), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("event_id", Uuid),
    Column("event_type", Text, nullable=False),
    Column("payload", JSONB),
    Column("trace_context", Text),
    Column("schema_version", SmallInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("part_of", Uuid),
    Column("root_id", Uuid, Computed("COALESCE(part_of, aggregate_id)", persisted=True), nullable=False),
    Column("record_partition", Integer, nullable=False),
    Column("record_offset", BigInteger, nullable=False),
    Column("published_at", Instant, nullable=False, server_default=now_default()),
    PrimaryKeyConstraint("shard", "lane", "id"),
    Index("ix_outbox_published_root_id", "root_id"),
    info={"storage": _QUEUE_STORAGE},
)

outbox_dead = Table(
    "outbox_dead",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("projection", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("shard", SmallInteger, nullable=False),
    Column("aggregate_type", Text, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("root_id", Uuid, nullable=False),
    # From the first to the newest version of the root that the document should have shown.
    Column("first_version", BigInteger, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("event_id", Uuid),
    Column("event_type", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("first_failed_at", Instant, nullable=False, server_default=now_default()),
    Column("failed_at", Instant, nullable=False, server_default=now_default()),
    # Many events of one document coalesce into one dead letter, and a later success clears it.
    UniqueConstraint("projection", "document_id"),
    Index("ix_outbox_dead_aggregate", "aggregate_type", "aggregate_id"),
    Index("ix_outbox_dead_root_id", "root_id"),
)

projection_targets = Table(
    "projection_targets",
    metadata,
    Column("projection", Text, nullable=False),
    Column("index_name", Text, nullable=False, primary_key=True),
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False, server_default=now_default()),
    one_of("state", ("building", "live", "retired")),
    Index("uq_projection_targets_live", "projection", unique=True, postgresql_where=text("state = 'live'")),
    Index("uq_projection_targets_building", "projection", unique=True, postgresql_where=text("state = 'building'")),
)

rebuild_progress = Table(
    "rebuild_progress",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("index_name", Text, nullable=False),
    Column("last_key", Text),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False),
    Column("phase", Text, nullable=False, server_default="copying"),
    # Documents per second of late; NULL while it stands still.
    Column("rate", Double),
    # Slower than it could, because live changes wait.
    Column("slowed", Boolean, nullable=False, server_default="false"),
    Column("paused_at", Instant),
    Column("started_at", Instant, nullable=False, server_default=now_default()),
    Column("updated_at", Instant, nullable=False, server_default=now_default()),
    one_of("phase", ("copying", "catching_up", "checking", "swapping")),
)

# What operators want of a read model: at most one thing at a time. A row is gone when it was done.
projection_wishes = Table(
    "projection_wishes",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    # Whose event says who wanted it.
    Column("operation_id", Uuid, nullable=False),
    # A rebuild that began later is the one that was wanted.
    Column("wished_at", Instant, nullable=False, server_default=now_default()),
    Column("paused_at", Instant),
    # It ended without success, and why: kept until the next wish.
    Column("refused_at", Instant),
    Column("problem", Text),
    one_of("kind", ("rebuild", "resume", "rollback")),
    CheckConstraint("(refused_at IS NULL) = (problem IS NULL)", name="refused_with_problem"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("principal_id", Uuid, nullable=False),
    Column("route", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("location", Text),
    # json, not jsonb: a replay has the same bytes.
    Column("body", JSON),
    # What the ETag and the consistency token are made of.
    Column("aggregate_type", Text),
    Column("aggregate_id", Uuid),
    Column("aggregate_version", BigInteger),
    Column("xid", TransactionId(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("created_at", Instant, nullable=False, server_default=now_default()),
    PrimaryKeyConstraint("principal_id", "route", "key"),
    Index("ix_idempotency_keys_created_at", "created_at"),
)
