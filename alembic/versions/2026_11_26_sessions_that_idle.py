"""sessions end when nobody uses them; those that ended lately are found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b52f7c91d0e4"
down_revision = "b83d5f7a2c61"
branch_labels = None
depends_on = None

_DEFAULT_IDLE = "now() + interval '30 minutes'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # The default is for processes of the version before, which go on while this is rolled out.
    column = sa.Column(
        "idle_expires_at", sa.DateTime(timezone=True), server_default=sa.text(_DEFAULT_IDLE), nullable=False
    )
    op.add_column("sessions", column)
    # Nobody is signed out by the update: their next refresh brings the shorter term.
    op.execute("UPDATE sessions SET idle_expires_at = expires_at")
    op.create_index(
        "ix_sessions_revoked_at", "sessions", ["revoked_at"], postgresql_where=sa.text("revoked_at IS NOT NULL")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_sessions_revoked_at", "sessions")
    op.drop_column("sessions", "idle_expires_at")
