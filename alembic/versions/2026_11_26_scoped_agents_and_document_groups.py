"""agents who see only their groups' tickets; documents for the agents of some groups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b83f5c1a7d46"
down_revision = "d81e36fa5c07"
branch_labels = None
depends_on = None

_VISIBILITY = "ck_documents_visibility"
# The release before knows no such limits: whoever goes back has to lift them knowingly.
_REFUSE_WIDENING = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM documents WHERE visibility = 'groups')
        OR EXISTS (SELECT FROM users WHERE ticket_access = 'groups' AND role = 'agent')
    THEN RAISE EXCEPTION
        'Some documents or agents are limited to groups, and all agents would see more than before. '
        'Change their visibility and ticket_access first.';
    END IF;
END $$"""


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("users", sa.Column("ticket_access", sa.Text(), server_default="all", nullable=False))
    op.create_check_constraint(op.f("ck_users_ticket_access"), "users", "ticket_access IN ('all', 'groups')")
    op.create_table(
        "document_groups",
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.Column("group_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_groups_document_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_document_groups_group_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("document_id", "group_id", name=op.f("pk_document_groups")),
    )
    op.create_index(op.f("ix_document_groups_group_id"), "document_groups", ["group_id"])
    op.drop_constraint(op.f(_VISIBILITY), "documents")
    op.create_check_constraint(
        op.f(_VISIBILITY), "documents", "visibility IN ('public', 'customers', 'agents', 'groups')"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_REFUSE_WIDENING)
    op.drop_constraint(op.f(_VISIBILITY), "documents")
    op.create_check_constraint(op.f(_VISIBILITY), "documents", "visibility IN ('public', 'customers', 'agents')")
    op.drop_table("document_groups")
    op.drop_column("users", "ticket_access")
