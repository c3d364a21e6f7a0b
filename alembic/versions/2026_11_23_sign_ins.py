"""failed sign-ins and known networks; room for updates beside their row"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e1b7a95c3d20"
down_revision = "c7d2f80b1e94"
branch_labels = None
depends_on = None

_REASONS = "reason IN ('unknown_account', 'wrong_password', 'throttled')"


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "sign_in_networks",
        sa.Column("user_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_sign_in_networks_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "network", name=op.f("pk_sign_in_networks")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", postgresql.UUID(as_uuid=True), nullable=True),
        sa.Column("email_digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ip_address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_REASONS, name=op.f("ck_sign_in_failures_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index("ix_sign_in_failures_occurred_at", "sign_in_failures", ["occurred_at"])
    op.create_index("ix_sign_in_failures_user_id_occurred_at", "sign_in_failures", ["user_id", "occurred_at"])
    # A changed ticket fits into its page, so that no index has to learn where it is.
    op.execute("ALTER TABLE tickets SET (fillfactor = 85)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE tickets RESET (fillfactor)")
    op.drop_table("sign_in_failures")
    op.drop_table("sign_in_networks")
