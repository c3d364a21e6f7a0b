from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class CreateUser:
    name: str
    email: str
    role: str = "customer"
    ticket_access: str = "all"
    group_ids: tuple[UUID, ...] = ()
    organization_id: UUID | None = None
    locale: str | None = None
    # Without one the user cannot sign in with a password.
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ChangeUser:
    user_id: UUID
    changes: Mapping[str, object]
    # Set by an admin; ends all sessions of the user.
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ResetPassword:
    token_hash: bytes = field(repr=False)
    password_hash: str = field(repr=False)


@dataclass(frozen=True)
class CreateGroup:
    name: str
    description: str = ""


@dataclass(frozen=True)
class ChangeGroup:
    group_id: UUID
    changes: Mapping[str, object]


@dataclass(frozen=True)
class CreateOrganization:
    name: str
    domains: tuple[str, ...] = ()
    shares_tickets: bool = False


@dataclass(frozen=True)
class ChangeOrganization:
    organization_id: UUID
    changes: Mapping[str, object]


@dataclass(frozen=True)
class MoveOrganizationTickets:
    organization_id: UUID
    # None: they belong to no organization then.
    to: UUID | None


@dataclass(frozen=True)
class ShowTicketMove:
    move_id: UUID


@dataclass(frozen=True)
class StartSession:
    """For a user whose password, or other proof, was checked."""

    user_id: UUID
    user_agent: str = ""
    ip_address: str = ""


@dataclass(frozen=True)
class RefreshSession:
    refresh_token: str = field(repr=False)


@dataclass(frozen=True)
class ListSessions:
    """Those of the caller."""


@dataclass(frozen=True)
class EndSession:
    # None: the session of the request.
    session_id: UUID | None = None
