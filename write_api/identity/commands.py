from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.identity.single_sign_on import Claims, SsoRules


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
class Device:
    """What a new session is asked from, and for."""

    user_agent: str = ""
    ip_address: str = ""
    # None: the access token is for both APIs.
    audience: str | None = None


@dataclass(frozen=True)
class StartSession:
    """For a user whose password was checked."""

    user_id: UUID
    # Of the password that was checked: if it is another one by now, that proves nothing any more.
    password_hash: str = field(repr=False)
    device: Device = Device()


@dataclass(frozen=True)
class RefreshSession:
    refresh_token: str = field(repr=False)
    audience: str | None = None


@dataclass(frozen=True)
class ChangeOwnPassword:
    """Ends all sessions of the caller, and starts one."""

    present_hash: str = field(repr=False)
    new_hash: str = field(repr=False)
    device: Device = Device()


@dataclass(frozen=True)
class SignInWithProvider:
    """By what a provider proved. The role and the groups are what it gives, too."""

    claims: Claims
    rules: SsoRules
    id_token: str = field(repr=False)
    device: Device = Device()


@dataclass(frozen=True)
class EndSsoSession:
    """The session of the request; answers by which provider it began."""


@dataclass(frozen=True)
class ListSessions:
    # None: those of the caller.
    user_id: UUID | None = None


@dataclass(frozen=True)
class EndSession:
    # None: the session of the request.
    session_id: UUID | None = None


@dataclass(frozen=True)
class EndSessions:
    """All of a user; without one, all of the caller but the session of the request."""

    user_id: UUID | None = None


@dataclass(frozen=True)
class CreateApiToken:
    """For the caller."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True)
class RenameApiToken:
    token_id: UUID
    name: str


@dataclass(frozen=True)
class RevokeApiToken:
    token_id: UUID


@dataclass(frozen=True)
class ListApiTokens:
    # None: those of the caller.
    user_id: UUID | None = None
