from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from domain.identity.errors import ApiTokenExpiryInvalid, TooManyApiTokens
from domain.identity.events import ApiTokenCreated, ApiTokenRenamed, ApiTokenRevoked
from domain.identity.scopes import Scope, clean_scopes
from domain.shared.aggregate import Aggregate
from domain.shared.ids import uuid7
from domain.shared.text import clean_text

MAX_NAME_LENGTH = 100
DEFAULT_LIFETIME = timedelta(days=90)
MAX_LIFETIME = timedelta(days=366)
MAX_TOKENS = 50


@dataclass(kw_only=True, eq=False)
class ApiToken(Aggregate):
    """Lets a program act as its user, within its scopes, which are final. The token itself is shown once, not kept."""

    aggregate_type = "api_token"

    user_id: UUID
    name: str
    scopes: frozenset[Scope]
    token_hash: bytes = field(repr=False)
    # The end of the token, by which people tell theirs apart.
    hint: str
    expires_at: datetime
    revoked_at: datetime | None = None

    @classmethod
    def create(
        cls,
        *,
        user_id: UUID,
        name: str,
        scopes: Iterable[object],
        token_hash: bytes,
        hint: str,
        at: datetime,
        others: int,
        expires_at: datetime | None = None,
    ) -> ApiToken:
        """`others`: how many the user has."""
        if others >= MAX_TOKENS:
            raise TooManyApiTokens(MAX_TOKENS)
        token = cls(
            id=uuid7(),
            created_at=at,
            updated_at=at,
            user_id=user_id,
            name=_clean_name(name),
            scopes=clean_scopes(scopes),
            token_hash=token_hash,
            hint=hint,
            expires_at=_clean_expiry(expires_at, at),
        )
        token.record(
            ApiTokenCreated(
                occurred_at=at,
                user_id=user_id,
                name=token.name,
                scopes=tuple(sorted(scope.value for scope in token.scopes)),
                expires_at=token.expires_at,
            )
        )
        return token

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at

    def rename(self, name: object, *, at: datetime) -> None:
        if changed := self._assign({"name": _clean_name(name)}):
            self.record(ApiTokenRenamed(occurred_at=at, changes=changed))

    def revoke(self, *, at: datetime, reason: str) -> None:
        """A second time does nothing."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.record(ApiTokenRevoked(occurred_at=at, user_id=self.user_id, reason=reason))


def _clean_name(name: object) -> str:
    return clean_text(name, pointer="/name", max_length=MAX_NAME_LENGTH)


def _clean_expiry(expires_at: datetime | None, at: datetime) -> datetime:
    if expires_at is None:
        return at + DEFAULT_LIFETIME
    if not at < expires_at <= at + MAX_LIFETIME:
        raise ApiTokenExpiryInvalid(MAX_LIFETIME.days)
    return expires_at
