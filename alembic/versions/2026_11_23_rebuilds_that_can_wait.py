"""rebuilds that can wait"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c7d2f80b1e94"
down_revision = "7c1e5d90a4b2"
branch_labels = None
depends_on = None

_PHASES = "phase IN ('copying', 'catching_up', 'checking', 'swapping')"


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("rebuild_progress", sa.Column("phase", sa.Text(), server_default="copying", nullable=False))
    op.add_column("rebuild_progress", sa.Column("rate", sa.Double(), nullable=True))
    op.add_column("rebuild_progress", sa.Column("slowed", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("rebuild_progress", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_rebuild_progress_phase"), "rebuild_progress", _PHASES)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_rebuild_progress_phase"), "rebuild_progress")
    for column in ("paused_at", "slowed", "rate", "phase"):
        op.drop_column("rebuild_progress", column)
