"""messages with Markdown are rendered once when written"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d41e7a06c3f8"
down_revision = "b83f5c2d9e10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("messages", sa.Column("html", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("renderer_version", sa.Integer(), nullable=True))
    # Both are NULL in every row there is, so nothing has to be looked at while everybody waits.
    op.execute(
        "ALTER TABLE messages ADD CONSTRAINT ck_messages_renderer_version"
        " CHECK ((html IS NULL) = (renderer_version IS NULL)) NOT VALID"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_messages_renderer_version"), "messages", type_="check")
    op.drop_column("messages", "renderer_version")
    op.drop_column("messages", "html")
