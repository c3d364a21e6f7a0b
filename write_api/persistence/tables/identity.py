from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, text

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
    Column("organization_id", Uuid, ForeignKey("organizations.id", ondelete="RESTRICT"), index=True),
    Column("locale", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    external_id(),
    *versioned(),
    length_between("name", 1, 200),
    length_between("email", 3, 254),
    one_of("role", ("admin", "agent", "customer")),
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
    Column("revoked_at", Instant),
    *versioned(),
    Index("ix_sessions_user_id_live", "user_id", postgresql_where=text("revoked_at IS NULL")),
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
