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
    Sequence,
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
    # Rendered once when written, where there is Markdown in the body; NULL: it is plain text.
    Column("html", Text),
    Column("renderer_version", Integer),
    one_of("visibility", ("public", "internal")),
    length_between("body", 1, 262144),
    CheckConstraint("position >= 1", name="position"),
    CheckConstraint("(html IS NULL) = (renderer_version IS NULL)", name="renderer_version"),
    Index("uq_messages_ticket_id_position", "ticket_id", "position", unique=True),
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
