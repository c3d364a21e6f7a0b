from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.identity.api_token import ApiToken
from domain.identity.group import Group
from domain.identity.organization import Organization
from domain.identity.sessions import RefreshToken, Session
from domain.identity.ticket_move import TicketMove
from domain.identity.user import User


class UserRepository(Protocol):
    async def get(self, user_id: UUID) -> User:
        """Raises UserNotFound."""
        ...

    async def find_by_email(self, email: str) -> User | None:
        """By the normalised address."""
        ...

    async def find_by_external_id(self, external_id: str) -> User | None: ...

    async def add(self, user: User) -> None:
        """Raises EmailTaken."""
        ...

    async def save(self, user: User) -> None:
        """Stores version + 1. Without changes: nothing. Raises EmailTaken."""
        ...


class GroupRepository(Protocol):
    async def get(self, group_id: UUID) -> Group:
        """Raises GroupNotFound."""
        ...

    async def missing(self, group_ids: Collection[UUID]) -> set[UUID]: ...

    async def named(self, names: Collection[str]) -> dict[str, UUID]:
        """Those that there are."""
        ...

    async def add(self, group: Group) -> None:
        """Raises NameTaken."""
        ...

    async def save(self, group: Group) -> None: ...


class OrganizationRepository(Protocol):
    async def get(self, organization_id: UUID) -> Organization:
        """Raises OrganizationNotFound."""
        ...

    async def add(self, organization: Organization) -> None:
        """Raises NameTaken."""
        ...

    async def save(self, organization: Organization) -> None: ...


class TicketMoveRepository(Protocol):
    async def get(self, move_id: UUID) -> TicketMove:
        """Raises TicketMoveNotFound."""
        ...

    async def running_of(self, organization_ids: Collection[UUID]) -> list[TicketMove]:
        """Those from or to one of them. Until the commit nobody else starts one."""
        ...

    async def next_running(self) -> TicketMove | None:
        """One that nobody else is at in this moment."""
        ...

    async def add(self, move: TicketMove) -> None: ...

    async def save(self, move: TicketMove) -> None: ...


class CredentialStore(Protocol):
    async def credentials_of(self, email: str) -> tuple[UUID, str] | None:
        """The id and the password's hash of who may sign in with this address."""
        ...

    async def password_hash_of(self, user_id: UUID) -> str | None: ...

    async def set_password_hash(self, user_id: UUID, password_hash: str, at: datetime) -> None: ...


class SessionRepository(Protocol):
    async def get(self, session_id: UUID) -> Session:
        """Raises SessionNotFound."""
        ...

    async def find_token(self, token_hash: bytes) -> RefreshToken | None: ...

    async def live_of_user(self, user_id: UUID, at: datetime) -> list[Session]: ...

    async def live_to_change(self, user_id: UUID, at: datetime) -> list[Session]:
        """Until the commit nobody else starts one for this user, or ends all."""
        ...

    async def add(self, session: Session) -> None: ...

    async def save(self, session: Session) -> None: ...

    async def add_token(self, token: RefreshToken) -> None: ...

    async def use_token(self, token_hash: bytes, at: datetime) -> bool:
        """Marks it used in one step; False if it already was, so that of many at once only one wins."""
        ...


class IdentityRepository(Protocol):
    async def owner_of(self, issuer: str, subject: str) -> UUID | None:
        """Until the commit nobody else gives it one."""
        ...

    async def issuers_of(self, user_id: UUID) -> set[str]: ...

    async def link(self, issuer: str, subject: str, user_id: UUID, provider: str, at: datetime) -> None: ...


class ApiTokenRepository(Protocol):
    async def get(self, token_id: UUID) -> ApiToken:
        """Raises ApiTokenNotFound."""
        ...

    async def of_user(self, user_id: UUID) -> list[ApiToken]:
        """Those that were not revoked, also if they expired."""
        ...

    async def of_user_to_change(self, user_id: UUID) -> list[ApiToken]:
        """Until the commit nobody else makes one for this user, or revokes all."""
        ...

    async def last_uses(self, token_ids: Collection[UUID]) -> dict[UUID, datetime]:
        """When they were used last, to the minute; those never used are missing."""
        ...

    async def add(self, token: ApiToken) -> None: ...

    async def save(self, token: ApiToken) -> None: ...
