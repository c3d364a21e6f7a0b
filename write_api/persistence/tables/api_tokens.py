from __future__ import annotations

from sqlalchemy import ARRAY, CheckConstraint, Column, ForeignKey, Index, LargeBinary, Table, Text

from write_api.persistence.tables.metadata import Instant, Uuid, length_between, metadata, primary_id, versioned

api_tokens = Table(
    "api_tokens",
    metadata,
    primary_id(),
    Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    # Only the SHA-256 of the token is stored: a leaked table lets nobody in.
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    *versioned(),
    length_between("name", 1, 100),
    CheckConstraint("cardinality(scopes) > 0", name="scopes"),
    Index("ix_api_tokens_updated_at", "updated_at"),
    Index("ix_api_tokens_expires_at", "expires_at"),
)

# Apart, as a use is no change of the token: nobody who renames one has to win against its next use.
api_token_uses = Table(
    "api_token_uses",
    metadata,
    Column("api_token_id", Uuid, ForeignKey("api_tokens.id", ondelete="CASCADE"), primary_key=True),
    Column("last_used_at", Instant, nullable=False),
)
