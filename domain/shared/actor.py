from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class Role(str, Enum):
    ADMIN = "admin"
    AGENT = "agent"
    CUSTOMER = "customer"

    @property
    def is_staff(self) -> bool:
        return self is not Role.CUSTOMER


class TicketAccess(str, Enum):
    """Which tickets an agent sees. Admins see all of them, customers their own: for them it says nothing."""

    ALL = "all"
    # Of the groups they belong to, beside those assigned to them or requested by them.
    GROUPS = "groups"


@dataclass(frozen=True)
class Actor:
    """Who is asking. Policies take `Actor | None`; None is an anonymous visitor."""

    user_id: UUID
    role: Role
    group_ids: frozenset[UUID] = frozenset()
    organization_id: UUID | None = None
    organization_shares_tickets: bool = False
    ticket_access: TicketAccess = TicketAccess.ALL

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_staff(self) -> bool:
        return self.role.is_staff

    @property
    def sees_every_ticket(self) -> bool:
        return self.is_admin or (self.is_staff and self.ticket_access is TicketAccess.ALL)
