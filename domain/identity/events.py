from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.actor import Role
from domain.shared.events import Changes, DomainEvent


@dataclass(frozen=True, kw_only=True)
class UserRegistered(DomainEvent):
    name: str
    email: str
    role: Role
    group_ids: frozenset[UUID]
    organization_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class UserChanged(DomainEvent):
    """Every field that has no event of its own."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class UserRoleChanged(DomainEvent):
    before: Role
    after: Role


@dataclass(frozen=True, kw_only=True)
class UserDeactivated(DomainEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class UserReactivated(DomainEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class UserPasswordChanged(DomainEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class UserIdentityLinked(DomainEvent):
    """From now on whoever the provider knows by this subject is this user."""

    provider: str
    issuer: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class GroupCreated(DomainEvent):
    name: str


@dataclass(frozen=True, kw_only=True)
class GroupChanged(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class OrganizationCreated(DomainEvent):
    name: str
    domains: tuple[str, ...]
    shares_tickets: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationChanged(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class OrganizationTicketsMoveStarted(DomainEvent):
    from_organization_id: UUID
    to_organization_id: UUID | None
    total: int


@dataclass(frozen=True, kw_only=True)
class OrganizationTicketsMoved(DomainEvent):
    from_organization_id: UUID
    to_organization_id: UUID | None
    moved: int


@dataclass(frozen=True, kw_only=True)
class SessionStarted(DomainEvent):
    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class SessionRefreshed(DomainEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(DomainEvent):
    user_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ApiTokenCreated(DomainEvent):
    user_id: UUID
    name: str
    scopes: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApiTokenRenamed(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class ApiTokenRevoked(DomainEvent):
    user_id: UUID
    reason: str
