"""what operators want of a read model, from the command API to the projector"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d5a81f3c60b2"
down_revision = "9e1b47c2d0a6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "projection_wishes",
        sa.Column("projection", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("wished_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('rebuild', 'resume', 'rollback')", name=op.f("ck_projection_wishes_kind")),
        sa.CheckConstraint(
            "(refused_at IS NULL) = (problem IS NULL)", name=op.f("ck_projection_wishes_refused_with_problem")
        ),
        sa.PrimaryKeyConstraint("projection", name=op.f("pk_projection_wishes")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("projection_wishes")
