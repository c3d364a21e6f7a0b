"""roots of pending rows and dead letters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a4c1d60e52b7"
down_revision = "05232fbb2159"
branch_labels = None
depends_on = None

# A part that is gone has no root any more; nobody waits for it.
_ROOT = "(SELECT ticket_id FROM messages WHERE messages.id = aggregate_id AND aggregate_type = 'message')"


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("outbox", sa.Column("part_of", sa.UUID(), nullable=True))
    op.execute(f"UPDATE outbox SET part_of = {_ROOT} WHERE aggregate_type = 'message'")
    op.add_column(
        "outbox",
        sa.Column("root_id", sa.UUID(), sa.Computed("COALESCE(part_of, aggregate_id)", persisted=True), nullable=False),
    )
    op.create_index("ix_outbox_root_id", "outbox", ["root_id"])
    op.add_column("outbox_dead", sa.Column("root_id", sa.UUID(), nullable=True))
    op.add_column("outbox_dead", sa.Column("first_version", sa.BigInteger(), nullable=True))
    op.execute(f"UPDATE outbox_dead SET root_id = COALESCE({_ROOT}, aggregate_id), first_version = aggregate_version")
    op.alter_column("outbox_dead", "root_id", nullable=False)
    op.alter_column("outbox_dead", "first_version", nullable=False)
    op.create_index("ix_outbox_dead_root_id", "outbox_dead", ["root_id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_outbox_dead_root_id", table_name="outbox_dead")
    op.drop_column("outbox_dead", "first_version")
    op.drop_column("outbox_dead", "root_id")
    op.drop_index("ix_outbox_root_id", table_name="outbox")
    op.drop_column("outbox", "root_id")
    op.drop_column("outbox", "part_of")
