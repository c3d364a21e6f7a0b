from __future__ import annotations

from dataclasses import dataclass

from domain.identity.errors import UserNotFound
from domain.identity.sessions import Refresh
from domain.identity.user import User
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import ChangeOwnPassword, RefreshSession, StartSession
from write_api.identity.errors import RefreshRepeated, credentials_refused, present_password_wrong, refresh_refused
from write_api.identity.session_changes import SessionChanges
from write_api.identity.session_issuer import hash_of
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SignInHandlers:
    sessions: SessionChanges

    async def start_session(self, command: StartSession, unit: UnitOfWork, context: Context) -> Outcome:
        live = await unit.sessions.live_to_change(command.user_id, context.at)
        user = await _active_user(command, unit)
        started = await self.sessions.start(user, live, command.device, unit, context)
        return await self.sessions.finish(started, unit)

    async def refresh_session(self, command: RefreshSession, unit: UnitOfWork, context: Context) -> Outcome:
        token_hash = hash_of(command.refresh_token)
        presented = await unit.sessions.find_token(token_hash)
        if presented is None:
            raise refresh_refused()
        if presented.used_at is None and not await unit.sessions.use_token(token_hash, context.at):
            # Another request won it meanwhile; now it shows when.
            presented = await unit.sessions.find_token(token_hash) or presented
        session = await unit.sessions.get(presented.session_id)
        unit.acts_as(session.user_id, session.id)
        user = await unit.users.get(session.user_id)
        result = session.refresh(presented, at=context.at, terms=self.sessions.issuer.terms_of(user.role))
        if result is Refresh.REUSED:
            await unit.sessions.save(session)
            await unit.commit()
            await self.sessions.live_credentials.end([session.id])
            raise refresh_refused()
        if result is Refresh.REPEATED:
            raise RefreshRepeated
        if result is Refresh.ENDED or not user.active:
            raise refresh_refused()
        issued = await self.sessions.issuer.issue(session, user, command.audience, unit, context)
        await unit.sessions.save(session)
        outcome = await unit.commit(Outcome(200, issued))
        await self.sessions.live_credentials.begin_session(session.id)
        return outcome

    async def change_own_password(self, command: ChangeOwnPassword, unit: UnitOfWork, context: Context) -> Outcome:
        live = await unit.sessions.live_to_change(context.actor.user_id, context.at)
        user = await unit.users.get(context.actor.user_id)
        if await unit.users.password_hash_of(user.id) != command.present_hash:
            raise present_password_wrong()
        await unit.users.set_password_hash(user.id, command.new_hash, context.at)
        user.password_changed(at=context.at)
        await unit.users.save(user)
        for session in live:
            session.revoke(at=context.at, reason="password_changed")
            await unit.sessions.save(session)
        started, issued = await self.sessions.issuer.start(user, command.device, unit, context)
        outcome = await unit.commit(Outcome(200, issued))
        await self.sessions.live_credentials.end([session.id for session in live])
        await self.sessions.live_credentials.begin_session(started.id)
        return outcome

    @property
    def by_command(self) -> Handlers:
        return {
            StartSession: self.start_session,
            RefreshSession: self.refresh_session,
            ChangeOwnPassword: self.change_own_password,
        }


async def _active_user(command: StartSession, unit: UnitOfWork) -> User:
    """Read again: while the password was checked, it may have been changed, or the user deactivated."""
    try:
        user = await unit.users.get(command.user_id)
    except UserNotFound:
        raise credentials_refused() from None
    if not user.active or await unit.users.password_hash_of(user.id) != command.password_hash:
        raise credentials_refused()
    return user
