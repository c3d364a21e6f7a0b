from __future__ import annotations

from collections.abc import Iterable
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
class SessionTerms:
    """How long a session may last in all, and how long it waits for its next refresh."""

    lifetime: timedelta
    idle: timedelta


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
    # Absolute: no refresh moves it further away.
    expires_at: datetime
    idle_expires_at: datetime
    revoked_at: datetime | None = None

    @classmethod
    def start(
        cls,
        *,
        user_id: UUID,
        at: datetime,
        terms: SessionTerms,
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
            expires_at=at + terms.lifetime,
            idle_expires_at=at + terms.idle,
        )
        session.record(SessionStarted(occurred_at=at, user_id=user_id))
        return session

    @property
    def ends_at(self) -> datetime:
        """If nobody refreshes it."""
        return min(self.expires_at, self.idle_expires_at)

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.ends_at

    def issue(self, token_hash: bytes, *, at: datetime) -> RefreshToken:
        return RefreshToken(token_hash, self.id, at, self.ends_at)

    def refresh(self, presented: RefreshToken, *, at: datetime, terms: SessionTerms) -> Refresh:
        """ROTATED: mark `presented` used (only if still unused, else ask again) and store a newly issued one.

        `terms`: of the role that the user has by now. A longer lifetime is for sessions that start with it.
        """
        self.expires_at = min(self.expires_at, self.created_at + terms.lifetime)
        if presented.session_id != self.id or not self.is_live(at) or at >= presented.expires_at:
            return Refresh.ENDED
        if presented.used_at is None:
            self.last_used_at = max(self.last_used_at, at)
            self.idle_expires_at = at + terms.idle
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


def make_room(live: Iterable[Session], *, limit: int, at: datetime) -> list[Session]:
    """Ends those that were not used for longest, so that with one more there are `limit`. Answers them."""
    by_use = sorted(live, key=lambda session: session.last_used_at, reverse=True)
    surplus = by_use[max(limit - 1, 0) :]
    for session in surplus:
        session.revoke(at=at, reason="too_many_sessions")
    return surplus


def _printable(text: str) -> str:
    """Headers are what a stranger sent: keep what can be stored and shown."""
    return "".join(character for character in text if character.isprintable())
