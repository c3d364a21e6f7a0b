"""attachments and their files"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b83d5f7a2c61"
down_revision = "f4a02d6be719"
branch_labels = None
depends_on = None

_UUID = postgresql.UUID(as_uuid=True)
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "attachment_files",
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.CheckConstraint("storage_key ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_files_storage_key")),
        sa.PrimaryKeyConstraint("storage_key", name=op.f("pk_attachment_files")),
    )
    op.create_index("ix_attachment_files_created_at", "attachment_files", ["created_at"])
    op.create_table(
        "attachments",
        sa.Column("id", _UUID, nullable=False),
        sa.Column("owner_id", _UUID, nullable=False),
        sa.Column("organization_id", _UUID, nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("message_id", _UUID, nullable=True),
        sa.Column("attached_at", _INSTANT, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.CheckConstraint("char_length(file_name) BETWEEN 1 AND 255", name=op.f("ck_attachments_file_name_length")),
        sa.CheckConstraint("char_length(media_type) BETWEEN 3 AND 255", name=op.f("ck_attachments_media_type_length")),
        sa.CheckConstraint("size_bytes >= 1", name=op.f("ck_attachments_size_bytes")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_attachments_sha256")),
        sa.CheckConstraint("(message_id IS NULL) = (attached_at IS NULL)", name=op.f("ck_attachments_attached_at")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_attachments_owner_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_attachments_organization_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["storage_key"],
            ["attachment_files.storage_key"],
            name=op.f("fk_attachments_storage_key"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_attachments_storage_key")),
    )
    op.create_index(op.f("ix_attachments_owner_id"), "attachments", ["owner_id"])
    op.create_index(op.f("ix_attachments_organization_id"), "attachments", ["organization_id"])
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"])
    op.create_index(
        "ix_attachments_waiting", "attachments", ["created_at"], postgresql_where=sa.text("message_id IS NULL")
    )
    op.add_column("messages", sa.Column("attachment_count", sa.SmallInteger(), server_default="0", nullable=False))
    # Every row there is has the default, so none has to be looked at while others wait.
    op.execute(
        "ALTER TABLE messages ADD CONSTRAINT ck_messages_attachment_count"
        " CHECK (attachment_count BETWEEN 0 AND 32) NOT VALID"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("messages", "attachment_count")
    op.drop_table("attachments")
    op.drop_table("attachment_files")
