"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

STAFF = ("agent", "admin")


@dataclass(frozen=True)
class Caller:
    user_id: str | None = None
    role: str = "anonymous"
    organization_id: str | None = None
    # Their organization lets its members see one another's tickets.
    organization_shares: bool = False
    group_ids: tuple[str, ...] = ()
    locale: str | None = None
    # Of an API token; None: of a session, which is good for all that the person may do.
    scopes: frozenset[str] | None = None

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    @property
    def key(self) -> str:
        """What a cursor is bound to: the person and all that decides what they see."""
        shared = self.organization_id if self.organization_shares else ""
        return f"{self.role}:{self.user_id or ''}:{shared}"


ANONYMOUS = Caller()
