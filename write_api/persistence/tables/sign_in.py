from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from write_api.persistence.tables.metadata import Instant, Uuid, metadata, one_of, primary_id

# Where somebody signed in from before: there they are not held up by whoever guesses elsewhere.
sign_in_networks = Table(
    "sign_in_networks",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("network", Text, primary_key=True),
    Column("last_used_at", Instant, nullable=False),
)

password_resets = Table(
    "password_resets",
    metadata,
    # Only the SHA-256 of the token is stored: a leaked table sets nobody's password.
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

# Who a provider of single sign-on means by a subject.
user_identities = Table(
    "user_identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("linked_at", Instant, nullable=False),
)

# What ends the session at the provider, too.
sso_sessions = Table(
    "sso_sessions",
    metadata,
    Column("session_id", Uuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("id_token", Text, nullable=False),
)

# Audit. Names no address: of whom nobody knows, what was typed may be a password.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    primary_id(),
    Column("user_id", Uuid),
    Column("email_digest", LargeBinary, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ip_address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("request_id", Text),
    Column("occurred_at", Instant, nullable=False),
    one_of("reason", ("unknown_account", "wrong_password", "throttled")),
    Index("ix_sign_in_failures_occurred_at", "occurred_at"),
    Index("ix_sign_in_failures_user_id_occurred_at", "user_id", "occurred_at"),
)
