"""rows that were published and are not projected yet; the outbox as Debezium's event router reads it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from write_api.persistence.tables.outbox import TransactionId

revision = "9e1b47c2d0a6"
down_revision = "5c0d92ab1f47"
branch_labels = None
depends_on = None

# All but root_id, which is computed.
_COLUMNS = (
    "id, xid, lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type, payload,"
    " trace_context, schema_version, created_at, attempts, next_at, part_of"
)

_PENDING = f"""
CREATE VIEW pending_changes AS
SELECT {_COLUMNS}, root_id FROM outbox UNION ALL SELECT {_COLUMNS}, root_id FROM outbox_published"""

# The column names that the router looks for by itself. A part has its aggregate's id: they share a partition.
_ROUTED = """
CREATE VIEW outbox_events AS
SELECT id, aggregate_type AS aggregatetype, root_id AS aggregateid, event_type AS type,
    jsonb_build_object(
        'id', id, 'aggregate_type', aggregate_type, 'aggregate_id', aggregate_id, 'part_of', part_of,
        'version', aggregate_version, 'event_id', event_id, 'lane', lane
    ) AS payload,
    created_at AS timestamp
FROM outbox"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "outbox_published",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("xid", TransactionId(), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("aggregate_type", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.UUID(), nullable=False),
        sa.Column("aggregate_version", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("trace_context", sa.Text(), nullable=True),
        sa.Column("schema_version", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("part_of", sa.UUID(), nullable=True),
        sa.Column("root_id", sa.UUID(), sa.Computed("COALESCE(part_of, aggregate_id)", persisted=True), nullable=False),
        sa.Column("record_partition", sa.Integer(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "published_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("shard", "lane", "id", name=op.f("pk_outbox_published")),
    )
    op.execute(
        "ALTER TABLE outbox_published SET (fillfactor = 90,"
        " autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,"
        " autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,"
        " autovacuum_vacuum_cost_delay = 0)"
    )
    op.create_index("ix_outbox_published_root_id", "outbox_published", ["root_id"])
    op.execute(_PENDING)
    op.execute(_ROUTED)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP VIEW outbox_events")
    op.execute("DROP VIEW pending_changes")
    # What was published and not projected is pending again: the release before knows only the outbox.
    op.execute(f"INSERT INTO outbox ({_COLUMNS}) OVERRIDING SYSTEM VALUE SELECT {_COLUMNS} FROM outbox_published")
    op.drop_table("outbox_published")
