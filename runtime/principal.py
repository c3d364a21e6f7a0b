from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from runtime.credential_keys import digest_of


@dataclass(frozen=True)
class Principal:
    """Who a verified access token speaks for."""

    user_id: UUID
    role: str
    session_id: UUID

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
