"""knowledge"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "382d9d67b036"
down_revision = "35611c6f0ae1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration that waits for a lock stops every command behind it: rather fail and be run again.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "categories",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("parent_id", sa.UUID(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_categories_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("external_id", name=op.f("uq_categories_external_id")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"], unique=False)
    op.create_table(
        "category_names",
        sa.Column("category_id", sa.UUID(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 200", name=op.f("ck_category_names_name_length")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_category_names_category_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("category_id", "locale", name=op.f("pk_category_names")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("category_id", sa.UUID(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("default_locale", sa.Text(), nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("visibility IN ('public', 'customers', 'agents')", name=op.f("ck_documents_visibility")),
        sa.CheckConstraint("char_length(slug) BETWEEN 1 AND 200", name=op.f("ck_documents_slug_length")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_documents_category_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("external_id", name=op.f("uq_documents_external_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_documents_slug")),
    )
    op.create_index(op.f("ix_documents_category_id"), "documents", ["category_id"], unique=False)
    op.create_table(
        "document_revisions",
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("plain_text", sa.Text(), nullable=False),
        sa.Column("renderer_version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(title) BETWEEN 1 AND 255", name=op.f("ck_document_revisions_title_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_document_revisions_number")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_document_revisions_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_revisions_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "locale", "number", name=op.f("pk_document_revisions")),
    )
    op.create_index(op.f("ix_document_revisions_author_id"), "document_revisions", ["author_id"], unique=False)
    op.create_table(
        "document_translations",
        sa.Column("document_id", sa.UUID(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("draft_number", sa.Integer(), nullable=False),
        sa.Column("draft_state", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("published_number", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "draft_state IN ('draft', 'in_review', 'approved', 'published')",
            name=op.f("ck_document_translations_draft_state"),
        ),
        sa.CheckConstraint(
            "(published_number IS NULL) = (published_at IS NULL)", name=op.f("ck_document_translations_published_at")
        ),
        sa.CheckConstraint(
            "NOT (archived AND published_number IS NOT NULL)",
            name=op.f("ck_document_translations_archived_is_not_published"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "locale", "draft_number"],
            ["document_revisions.document_id", "document_revisions.locale", "document_revisions.number"],
            name="fk_document_translations_draft",
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "locale", "published_number"],
            ["document_revisions.document_id", "document_revisions.locale", "document_revisions.number"],
            name="fk_document_translations_published",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_translations_document_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", "locale", name=op.f("pk_document_translations")),
    )
    op.create_index(
        "ix_document_translations_due",
        "document_translations",
        ["publish_at"],
        unique=False,
        postgresql_where=sa.text("publish_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(
        "ix_document_translations_due",
        table_name="document_translations",
        postgresql_where=sa.text("publish_at IS NOT NULL"),
    )
    op.drop_table("document_translations")
    op.drop_index(op.f("ix_document_revisions_author_id"), table_name="document_revisions")
    op.drop_table("document_revisions")
    op.drop_index(op.f("ix_documents_category_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_table("category_names")
    op.drop_index(op.f("ix_categories_parent_id"), table_name="categories")
    op.drop_table("categories")
