from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
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

organizations = Table(
    "organizations",
    metadata,
    primary_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("domains", ARRAY(Text), nullable=False, server_default="{}"),
    Column("shares_tickets", Boolean, nullable=False, server_default=text("false")),
    external_id(),
    *versioned(),
    length_between("name", 1, 200),
)

groups = Table(
    "groups",
    metadata,
    primary_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False, server_default=""),
    *versioned(),
    length_between("name", 1, 200),
)

users = Table(
    "users",
    metadata,
    primary_id(),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("ticket_access", Text, nullable=False, server_default="all"),
    Column("organization_id", Uuid, ForeignKey("organizations.id", ondelete="RESTRICT"), index=True),
    Column("locale", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    external_id(),
    *versioned(),
    length_between("name", 1, 200),
    length_between("email", 3, 254),
    one_of("role", ("admin", "agent", "customer")),
    one_of("ticket_access", ("all", "groups")),
)

user_groups = Table(
    "user_groups",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Uuid, ForeignKey("groups.id", ondelete="RESTRICT"), primary_key=True, index=True),
)

credentials = Table(
    "credentials",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    primary_id(),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("user_agent", Text, nullable=False, server_default=""),
    Column("ip_address", Text, nullable=False, server_default=""),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("idle_expires_at", Instant, nullable=False, server_default=text("now() + interval '30 minutes'")),
    Column("revoked_at", Instant),
    *versioned(),
    Index("ix_sessions_user_id_live", "user_id", postgresql_where=text("revoked_at IS NULL")),
    Index("ix_sessions_revoked_at", "revoked_at", postgresql_where=text("revoked_at IS NOT NULL")),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    # Only the SHA-256 of the token is stored: a leaked table signs nobody in.
    Column("token_hash", LargeBinary, primary_key=True),
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

# Moves of all tickets of an organization: what is to be done, and how far it is.
ticket_moves = Table(
    "ticket_moves",
    metadata,
    primary_id(),
    Column("from_organization_id", Uuid, ForeignKey("organizations.id", ondelete="RESTRICT"), nullable=False),
    Column("to_organization_id", Uuid, ForeignKey("organizations.id", ondelete="RESTRICT")),
    Column("started_by", Uuid, ForeignKey("users.id", ondelete="RESTRICT"), nullable=False),
    Column("state", Text, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("moved", BigInteger, nullable=False),
    # Ids of tickets that may be deleted meanwhile.
    Column("newest_ticket_id", Uuid),
    Column("passed_ticket_id", Uuid),
    Column("finished_at", Instant),
    *versioned(),
    one_of("state", ("running", "finished")),
    CheckConstraint("from_organization_id <> to_organization_id", name="another_organization"),
    CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished_at"),
    CheckConstraint("total >= 0 AND moved >= 0", name="counts"),
    Index(
        "uq_ticket_moves_from_organization_id_running",
        "from_organization_id",
        unique=True,
        postgresql_where=text("state = 'running'"),
    ),
    Index("ix_ticket_moves_running", "id", postgresql_where=text("state = 'running'")),
)
