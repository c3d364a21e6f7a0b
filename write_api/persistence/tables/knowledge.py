from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from write_api.persistence.tables.metadata import (
    Instant,
    Uuid,
    external_id,
    length_between,
    metadata,
    one_of,
    primary_id,
    versioned,
)

categories = Table(
    "categories",
    metadata,
    primary_id(),
    Column("parent_id", Uuid, ForeignKey("categories.id", ondelete="RESTRICT"), index=True),
    Column("position", Integer, nullable=False, server_default="0"),
    external_id(),
    *versioned(),
    CheckConstraint("parent_id <> id", name="not_its_own_parent"),
)

category_names = Table(
    "category_names",
    metadata,
    Column("category_id", Uuid, ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("name", Text, nullable=False),
    length_between("name", 1, 200),
)

documents = Table(
    "documents",
    metadata,
    primary_id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("category_id", Uuid, ForeignKey("categories.id", ondelete="RESTRICT"), index=True),
    Column("visibility", Text, nullable=False),
    Column("default_locale", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    external_id(),
    *versioned(),
    length_between("slug", 1, 200),
    one_of("visibility", ("public", "customers", "agents", "groups")),
)

# Whose agents see a document with the visibility "groups".
document_groups = Table(
    "document_groups",
    metadata,
    Column("document_id", Uuid, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id", ondelete="RESTRICT"), primary_key=True, index=True),
)

document_revisions = Table(
    "document_revisions",
    metadata,
    Column("document_id", Uuid, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    # Rendered once when written: SQL builds the read model and cannot render Markdown.
    Column("html", Text, nullable=False),
    Column("plain_text", Text, nullable=False),
    Column("renderer_version", Integer, nullable=False),
    Column("author_id", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    length_between("title", 1, 255),
    CheckConstraint("number >= 1", name="number"),
)

document_translations = Table(
    "document_translations",
    metadata,
    Column("document_id", Uuid, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("draft_number", Integer, nullable=False),
    Column("draft_state", Text, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("published_number", Integer),
    Column("published_at", Instant),
    Column("publish_at", Instant),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
    Column("updated_at", Instant, nullable=False),
    ForeignKeyConstraint(
        ["document_id", "locale", "draft_number"],
        ["document_revisions.document_id", "document_revisions.locale", "document_revisions.number"],
        name="fk_document_translations_draft",
    ),
    ForeignKeyConstraint(
        ["document_id", "locale", "published_number"],
        ["document_revisions.document_id", "document_revisions.locale", "document_revisions.number"],
        name="fk_document_translations_published",
    ),
    one_of("draft_state", ("draft", "in_review", "approved", "published")),
    CheckConstraint("(published_number IS NULL) = (published_at IS NULL)", name="published_at"),
    CheckConstraint("NOT (archived AND published_number IS NOT NULL)", name="archived_is_not_published"),
    Index("ix_document_translations_due", "publish_at", postgresql_where=text("publish_at IS NOT NULL")),
)

# What readers say of articles. The id is a keyed digest of the document and the reader, who is written down nowhere.
document_votes = Table(
    "document_votes",
    metadata,
    primary_id(),
    Column("document_id", Uuid, ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("locale", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    *versioned(),
    length_between("comment", 0, 1000),
    CheckConstraint("NOT helpful OR comment = ''", name="comment"),
)
