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


@dataclass(frozen=True)
class Actor:
    """Who is asking. Policies take `Actor | None`; None is an anonymous visitor."""

    user_id: UUID
    role: Role
    group_ids: frozenset[UUID] = frozenset()
    organization_id: UUID | None = None
    organization_shares_tickets: bool = False

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def is_staff(self) -> bool:
        return self.role.is_staff
