"""moves of all tickets of an organization"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c1e5d90a4b2"
down_revision = "a4c1d60e52b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "ticket_moves",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("from_organization_id", sa.UUID(), nullable=False),
        sa.Column("to_organization_id", sa.UUID(), nullable=True),
        sa.Column("started_by", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("newest_ticket_id", sa.UUID(), nullable=True),
        sa.Column("passed_ticket_id", sa.UUID(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('running', 'finished')", name=op.f("ck_ticket_moves_state")),
        sa.CheckConstraint(
            "from_organization_id <> to_organization_id", name=op.f("ck_ticket_moves_another_organization")
        ),
        sa.CheckConstraint(
            "(state = 'finished') = (finished_at IS NOT NULL)", name=op.f("ck_ticket_moves_finished_at")
        ),
        sa.CheckConstraint("total >= 0 AND moved >= 0", name=op.f("ck_ticket_moves_counts")),
        sa.ForeignKeyConstraint(
            ["from_organization_id"],
            ["organizations.id"],
            name=op.f("fk_ticket_moves_from_organization_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_organization_id"],
            ["organizations.id"],
            name=op.f("fk_ticket_moves_to_organization_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["users.id"], name=op.f("fk_ticket_moves_started_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_moves")),
    )
    op.create_index(
        "uq_ticket_moves_from_organization_id_running",
        "ticket_moves",
        ["from_organization_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index("ix_ticket_moves_running", "ticket_moves", ["id"], postgresql_where=sa.text("state = 'running'"))
    op.create_index("ix_tickets_organization_id_id", "tickets", ["organization_id", "id"])
    op.drop_index("ix_tickets_organization_id", "tickets")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_tickets_organization_id", "tickets", ["organization_id"])
    op.drop_index("ix_tickets_organization_id_id", "tickets")
    op.drop_table("ticket_moves")
