from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from domain.identity.events import SessionRefreshed, SessionRevoked, SessionStarted
from domain.shared.aggregate import Aggregate
from domain.shared.ids import uuid7

# A client that sent its refresh twice at once (two tabs, a lost answer) is no thief.
REUSE_GRACE = timedelta(seconds=30)


@dataclass(frozen=True)
class RefreshToken:
    """What is stored of one token; the token itself never is."""

    token_hash: bytes
    session_id: UUID
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class Refresh(str, Enum):
    """How a refresh ended. A value and no error, because a revocation has to be saved."""

    ROTATED = "rotated"
    # Used a moment ago: the client is to retry with the newer token. The session lives on.
    REPEATED = "repeated"
    # Used before that: whoever holds the older one is not who got the newer one. The session is revoked.
    REUSED = "reused"
    ENDED = "ended"


@dataclass(kw_only=True, eq=False)
class Session(Aggregate):
    """One sign-in, and the family of refresh tokens that descends from it."""

    aggregate_type = "session"

    user_id: UUID
    user_agent: str = ""
    ip_address: str = ""
    last_used_at: datetime
    # Absolute: no refresh moves it.
    expires_at: datetime
    revoked_at: datetime | None = None

    @classmethod
    def start(
        cls,
        *,
        user_id: UUID,
        at: datetime,
        lifetime: timedelta,
        user_agent: str = "",
        ip_address: str = "",
        id: UUID | None = None,
    ) -> Session:
        session = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            user_id=user_id,
            user_agent=_printable(user_agent)[:512],
            ip_address=_printable(ip_address)[:64],
            last_used_at=at,
            expires_at=at + lifetime,
        )
        session.record(SessionStarted(occurred_at=at, user_id=user_id))
        return session

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at

    def issue(self, token_hash: bytes, *, at: datetime) -> RefreshToken:
        return RefreshToken(token_hash, self.id, at, self.expires_at)

    def refresh(self, presented: RefreshToken, *, at: datetime) -> Refresh:
        """ROTATED: mark `presented` used (only if still unused, else ask again) and store a newly issued one."""
        if presented.session_id != self.id or not self.is_live(at) or at >= presented.expires_at:
            return Refresh.ENDED
        if presented.used_at is None:
            self.last_used_at = max(self.last_used_at, at)
            self.record(SessionRefreshed(occurred_at=at))
            return Refresh.ROTATED
        if at - presented.used_at <= REUSE_GRACE:
            return Refresh.REPEATED
        self.revoke(at=at, reason="refresh_token_reused")
        return Refresh.REUSED

    def revoke(self, *, at: datetime, reason: str) -> None:
        """A second time does nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.record(SessionRevoked(occurred_at=at, user_id=self.user_id, reason=reason))


def _printable(text: str) -> str:
    """Headers are what a stranger sent: keep what can be stored and shown."""
    return "".join(character for character in text if character.isprintable())
