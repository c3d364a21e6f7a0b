from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.identity.api_token import ApiToken
from domain.identity.errors import UserForbidden
from domain.identity.passwords import validate_password
from domain.identity.policies import (
    may_change_user,
    may_create_user,
    may_manage_organizations,
    refuse_losing_own_rights,
    refuse_own_password,
)
from domain.identity.user import User
from domain.shared.actor import Role
from domain.shared.values import to_enum
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import ChangeUser, CreateUser
from write_api.identity.common_passwords import common_passwords
from write_api.identity.live_credentials import LiveCredentials
from write_api.identity.passwords import PasswordHasher
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class UserHandlers:
    hasher: PasswordHasher
    live_credentials: LiveCredentials

    async def create_user(self, command: CreateUser, unit: UnitOfWork, context: Context) -> Outcome:
        if not may_create_user(context.actor, to_enum(Role, command.role, "/role")):
            raise UserForbidden("Agents register customers, admins everybody. Ask an admin.")
        if command.organization_id is not None and not may_manage_organizations(context.actor):
            raise UserForbidden(
                "You see the tickets of your groups only, so you put nobody into an organization. "
                "Leave organization_id out, or ask an admin.",
                pointer="/organization_id",
            )
        user = User.register(
            name=command.name,
            email=command.email,
            role=command.role,
            ticket_access=command.ticket_access,
            group_ids=command.group_ids,
            organization_id=command.organization_id,
            locale=command.locale,
            at=context.at,
        )
        await unit.users.add(user)
        if command.password is not None:
            await self._set_password(user, command.password, unit, context)
        return await unit.commit(Outcome.created(user, f"/v1/users/{user.id}"))

    async def change_user(self, command: ChangeUser, unit: UnitOfWork, context: Context) -> Outcome:
        user = await _changeable(command, unit, context)
        context.expect_version_of(user)
        user.change(command.changes, at=context.at)
        if command.password is not None:
            await self._set_password(user, command.password, unit, context)
            user.password_changed(at=context.at)
        await unit.users.save(user)
        ended: list[UUID] = []
        revoked: list[ApiToken] = []
        if not user.active:
            ended = await end_sessions(user, "user_deactivated", unit, context)
            revoked = await revoke_api_tokens(user, "user_deactivated", unit, context)
        elif command.password is not None:
            ended = await end_sessions(user, "password_changed", unit, context)
        outcome = await unit.commit(Outcome.changed(user))
        await self.live_credentials.end(ended, revoked)
        return outcome

    async def _set_password(self, user: User, password: str, unit: UnitOfWork, context: Context) -> None:
        valid = validate_password(password, email=user.email, name=user.name, common=common_passwords())
        password_hash = await self.hasher.hash(valid)
        await unit.users.set_password_hash(user.id, password_hash, context.at)

    @property
    def by_command(self) -> Handlers:
        return {CreateUser: self.create_user, ChangeUser: self.change_user}


async def _changeable(command: ChangeUser, unit: UnitOfWork, context: Context) -> User:
    actor = context.actor
    # Before the user is loaded: who it is, or whether it exists, is nothing for a customer.
    if not actor.is_staff and actor.user_id != command.user_id:
        raise UserForbidden("You may change your own name and locale only.")
    user = await unit.users.get(command.user_id)
    fields = [*command.changes, *(["password"] if command.password is not None else [])]
    if not may_change_user(actor, user.id, user.role, fields):
        raise UserForbidden("You may not change all of these fields of this user. Ask an admin.")
    refuse_losing_own_rights(actor, user.id, command.changes)
    if command.password is not None:
        refuse_own_password(actor, user.id)
    return user


async def revoke_api_tokens(user: User, reason: str, unit: UnitOfWork, context: Context) -> list[ApiToken]:
    tokens = await unit.api_tokens.of_user_to_change(user.id)
    for token in tokens:
        token.revoke(at=context.at, reason=reason)
        await unit.api_tokens.save(token)
    return tokens


async def end_sessions(user: User, reason: str, unit: UnitOfWork, context: Context) -> list[UUID]:
    sessions = await unit.sessions.live_to_change(user.id, context.at)
    for session in sessions:
        session.revoke(at=context.at, reason=reason)
        await unit.sessions.save(session)
    return [session.id for session in sessions]
