from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from runtime.credential_keys import digest_of


@dataclass(frozen=True)
class ApiTokenGrant:
    """Of an API token: which one, and what it is good for of all that its user may do."""

    id: UUID
    scopes: frozenset[str]


@dataclass(frozen=True)
class Principal:
    """Who a verified token speaks for."""

    user_id: UUID
    # As of when an access token was made; an API token does not know it.
    role: str
    # One of the two.
    session_id: UUID | None
    api_token: ApiTokenGrant | None = None

    # As text they are needed again and again, for as long as the token is remembered.
    @cached_property
    def user_text(self) -> str:
        return str(self.user_id)

    @cached_property
    def session_text(self) -> str:
        return str(self.session_id)

    @cached_property
    def session_digest(self) -> str:
        return digest_of(self.session_text)
