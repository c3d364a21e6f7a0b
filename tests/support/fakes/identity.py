from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.identity.api_token import ApiToken
from domain.identity.errors import (
    ApiTokenNotFound,
    EmailTaken,
    GroupNotFound,
    NameTaken,
    OrganizationNotFound,
    SessionNotFound,
    UserNotFound,
)
from domain.identity.group import Group
from domain.identity.organization import Organization
from domain.identity.sessions import RefreshToken, Session
from domain.identity.user import User
from tests.support.fakes.memory import MemoryUnit, State


class MemoryUserRepository:
    """Users and their password hashes."""

    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, user_id: UUID) -> User:
        user = self._unit.find(User, lambda one: one.id == user_id)
        if user is None:
            raise UserNotFound(user_id)
        return user

    async def find_by_email(self, email: str) -> User | None:
        return self._unit.find(User, lambda one: one.email == email)

    async def find_by_external_id(self, external_id: str) -> User | None:
        return self._unit.find(User, lambda one: one.external_id == external_id)

    async def add(self, user: User) -> None:
        self._store(user)

    async def save(self, user: User) -> None:
        if user.has_changes:
            self._store(user)

    async def credentials_of(self, email: str) -> tuple[UUID, str] | None:
        user = self._unit.find(User, lambda one: one.email == email and one.active)
        stored = None if user is None else self._unit.state.password_hashes.get(user.id)
        return None if user is None or stored is None else (user.id, stored)

    async def password_hash_of(self, user_id: UUID) -> str | None:
        return self._unit.state.password_hashes.get(user_id)

    async def set_password_hash(self, user_id: UUID, password_hash: str, at: datetime) -> None:
        self._unit.later(lambda state: state.password_hashes.update({user_id: password_hash}))

    def _store(self, user: User) -> None:
        user_id, email = user.id, user.email

        def check_email(state: State) -> None:
            others = (one for one in state.aggregates.values() if isinstance(one, User) and one.id != user_id)
            if any(one.email == email for one in others):
                raise EmailTaken(email)

        self._unit.later(check_email)
        self._unit.store_aggregate(user)


class MemoryGroupRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, group_id: UUID) -> Group:
        group = self._unit.find(Group, lambda one: one.id == group_id)
        if group is None:
            raise GroupNotFound(group_id)
        return group

    async def missing(self, group_ids: Collection[UUID]) -> set[UUID]:
        return set(group_ids) - {group.id for group in self._unit.all(Group)}

    async def named(self, names: Collection[str]) -> dict[str, UUID]:
        return {group.name: group.id for group in self._unit.all(Group) if group.name in names}

    async def add(self, group: Group) -> None:
        _store_named(self._unit, group)

    async def save(self, group: Group) -> None:
        if group.has_changes:
            _store_named(self._unit, group)


class MemoryOrganizationRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, organization_id: UUID) -> Organization:
        organization = self._unit.find(Organization, lambda one: one.id == organization_id)
        if organization is None:
            raise OrganizationNotFound(organization_id)
        return organization

    async def add(self, organization: Organization) -> None:
        _store_named(self._unit, organization)

    async def save(self, organization: Organization) -> None:
        if organization.has_changes:
            _store_named(self._unit, organization)


class MemorySessionRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, session_id: UUID) -> Session:
        session = self._unit.find(Session, lambda one: one.id == session_id)
        if session is None:
            raise SessionNotFound(session_id)
        return session

    async def find_token(self, token_hash: bytes) -> RefreshToken | None:
        return self._unit.state.tokens.get(token_hash)

    async def live_of_user(self, user_id: UUID, at: datetime) -> list[Session]:
        live = (one for one in self._unit.all(Session) if one.user_id == user_id and one.is_live(at))
        return sorted(live, key=lambda one: one.id)

    async def live_to_change(self, user_id: UUID, at: datetime) -> list[Session]:
        return await self.live_of_user(user_id, at)

    async def add(self, session: Session) -> None:
        self._unit.store_aggregate(session)

    async def save(self, session: Session) -> None:
        if session.has_changes:
            self._unit.store_aggregate(session)

    async def add_token(self, token: RefreshToken) -> None:
        self._unit.later(lambda state: state.tokens.update({token.token_hash: token}))

    async def use_token(self, token_hash: bytes, at: datetime) -> bool:
        token = self._unit.state.tokens.get(token_hash)
        if token is None or token.used_at is not None:
            return False
        used = replace(token, used_at=at)
        self._unit.later(lambda state: state.tokens.update({token_hash: used}))
        return True


class MemoryApiTokenRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, token_id: UUID) -> ApiToken:
        token = self._unit.find(ApiToken, lambda one: one.id == token_id)
        if token is None:
            raise ApiTokenNotFound(token_id)
        return token

    async def of_user(self, user_id: UUID) -> list[ApiToken]:
        own = (one for one in self._unit.all(ApiToken) if one.user_id == user_id and one.revoked_at is None)
        return sorted(own, key=lambda one: one.id)

    async def of_user_to_change(self, user_id: UUID) -> list[ApiToken]:
        return await self.of_user(user_id)

    async def last_uses(self, token_ids: Collection[UUID]) -> dict[UUID, datetime]:
        return {}

    async def add(self, token: ApiToken) -> None:
        self._unit.store_aggregate(token)

    async def save(self, token: ApiToken) -> None:
        if token.has_changes:
            self._unit.store_aggregate(token)


def _store_named(unit: MemoryUnit, aggregate: Group | Organization) -> None:
    aggregate_id, kind, name = aggregate.id, type(aggregate), aggregate.name

    def check_name(state: State) -> None:
        others = (one for one in state.aggregates.values() if isinstance(one, kind) and one.id != aggregate_id)
        if any(one.name == name for one in others):
            raise NameTaken(aggregate.aggregate_type, name)

    unit.later(check_name)
    unit.store_aggregate(aggregate)
