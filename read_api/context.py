"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

ADMIN = "admin"
STAFF = ("agent", ADMIN)


@dataclass(frozen=True)
class Caller:
    user_id: str | None = None
    role: str = "anonymous"
    organization_id: str | None = None
    # Their organization lets its members see one another's tickets.
    organization_shares: bool = False
    group_ids: tuple[str, ...] = ()
    # Of agents: `all`, or only the tickets of their groups.
    ticket_access: str = "all"
    locale: str | None = None
    # Of an API token; None: of a session, which is good for all that the person may do.
    scopes: frozenset[str] | None = None

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def sees_every_ticket(self) -> bool:
        return self.role == ADMIN or (self.is_staff and self.ticket_access == "all")

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    @property
    def key(self) -> str:
        """What a cursor is bound to: the person and all that decides what they see."""
        shared = self.organization_id if self.organization_shares else ""
        groups = ",".join(sorted(self.group_ids))
        return f"{self.role}:{self.ticket_access}:{self.user_id or ''}:{shared}:{groups}"


ANONYMOUS = Caller()
