from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

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

# Drawn before the insert, so that the answer stored under an Idempotency-Key can name the number.
ticket_number = Sequence("ticket_number", metadata=metadata, data_type=BigInteger)

tickets = Table(
    "tickets",
    metadata,
    primary_id(),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("type", Text),
    Column("requester_id", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("assignee_id", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), index=True),
    Column("group_id", Uuid, ForeignKey("groups.id", ondelete="RESTRICT"), index=True),
    Column("organization_id", Uuid, ForeignKey("organizations.id", ondelete="RESTRICT")),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("custom_fields", JSONB, nullable=False, server_default="{}"),
    Column("locale", Text),
    Column("channel", Text, nullable=False),
    Column("message_count", Integer, nullable=False),
    Column("first_response_at", Instant),
    Column("solved_at", Instant),
    external_id(),
    *versioned(),
    length_between("subject", 1, 500),
    one_of("status", ("new", "open", "pending", "on_hold", "solved", "closed")),
    one_of("priority", ("low", "normal", "high", "urgent")),
    one_of("type", ("question", "incident", "problem", "task")),
    # All tickets of an organization, some at a time in the order of their ids.
    Index("ix_tickets_organization_id_id", "organization_id", "id"),
    one_of("channel", ("api", "web", "email", "import")),
    CheckConstraint("message_count >= 1", name="message_count"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(status IN ('solved', 'closed')) = (solved_at IS NOT NULL)", name="solved_at"),
    # A changed ticket fits into its page, so that no index has to learn where it is.
    info={"storage": {"fillfactor": 85}},
)

messages = Table(
    "messages",
    metadata,
    primary_id(),
    Column("ticket_id", Uuid, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False),
    # The place in the thread, from 1: orders messages that share a time.
    Column("position", Integer, nullable=False),
    Column("author_id", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("visibility", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    # Most have none, and then nobody looks for any.
    Column("attachment_count", SmallInteger, nullable=False, server_default=text("0")),
    # Rendered once when written, where there is Markdown in the body; NULL: it is plain text.
    Column("html", Text),
    Column("renderer_version", Integer),
    one_of("visibility", ("public", "internal")),
    length_between("body", 1, 262144),
    CheckConstraint("position >= 1", name="position"),
    CheckConstraint("attachment_count BETWEEN 0 AND 32", name="attachment_count"),
    CheckConstraint("(html IS NULL) = (renderer_version IS NULL)", name="renderer_version"),
    Index("uq_messages_ticket_id_position", "ticket_id", "position", unique=True),
)

# The files that there may be in the store: written down before the first byte comes, crossed out when it is gone.
attachment_files = Table(
    "attachment_files",
    metadata,
    Column("storage_key", Text, primary_key=True),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("storage_key ~ '^[0-9a-f]{64}$'", name="storage_key"),
    Index("ix_attachment_files_created_at", "created_at"),
)

attachments = Table(
    "attachments",
    metadata,
    primary_id(),
    Column("owner_id", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("organization_id", Uuid, ForeignKey("organizations.id", ondelete="RESTRICT"), index=True),
    Column("file_name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column(
        "storage_key",
        Text,
        ForeignKey("attachment_files.storage_key", ondelete="RESTRICT"),
        nullable=False,
        unique=True,
    ),
    # NULL: it waits to be attached.
    Column("message_id", Uuid, ForeignKey("messages.id", ondelete="CASCADE"), index=True),
    Column("attached_at", Instant),
    *versioned(),
    length_between("file_name", 1, 255),
    length_between("media_type", 3, 255),
    CheckConstraint("size_bytes >= 1", name="size_bytes"),
    CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    CheckConstraint("(message_id IS NULL) = (attached_at IS NULL)", name="attached_at"),
    Index("ix_attachments_waiting", "created_at", postgresql_where=text("message_id IS NULL")),
)

ticket_fields = Table(
    "ticket_fields",
    metadata,
    primary_id(),
    Column("key", Text, nullable=False, unique=True),
    Column("label", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("options", ARRAY(Text), nullable=False, server_default="{}"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    *versioned(),
    one_of("type", ("text", "number", "boolean", "date", "choice")),
)

# Saved filters of the ticket list.
views = Table(
    "views",
    metadata,
    primary_id(),
    Column("owner_id", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("query", JSONB, nullable=False),
    Column("sort", Text, nullable=False),
    Column("shared_with", Text, nullable=False),
    Column("group_id", Uuid, ForeignKey("groups.id", ondelete="RESTRICT"), index=True),
    *versioned(),
    length_between("name", 1, 60),
    one_of("shared_with", ("me", "group", "everybody")),
    CheckConstraint("(shared_with = 'group') = (group_id IS NOT NULL)", name="group"),
)
