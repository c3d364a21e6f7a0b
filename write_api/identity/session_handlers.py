from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from domain.identity.errors import SessionNotFound, UserNotFound
from domain.identity.policies import may_end_session
from domain.identity.sessions import Refresh, Session
from domain.identity.user import User
from runtime.network import network_of
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import EndSession, ListSessions, RefreshSession, StartSession
from write_api.identity.ended_sessions import EndedSessions
from write_api.identity.errors import RefreshRepeated, credentials_refused, refresh_refused
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork

REFRESH_TOKEN_BYTES = 32


@dataclass(frozen=True)
class SessionHandlers:
    tokens: AccessTokens
    ended_sessions: EndedSessions
    settings: Settings

    async def start_session(self, command: StartSession, unit: UnitOfWork, context: Context) -> Outcome:
        try:
            user = await unit.users.get(command.user_id)
        except UserNotFound:
            raise credentials_refused() from None
        if not user.active:
            raise credentials_refused()
        session = Session.start(
            user_id=user.id,
            at=context.at,
            lifetime=timedelta(seconds=self.settings.refresh_token_ttl_s),
            user_agent=command.user_agent,
            ip_address=command.ip_address,
        )
        unit.acts_as(user.id, session.id)
        body = await self._issue(session, user, unit, context)
        await unit.sessions.add(session)
        await unit.sign_ins.remember_network(user.id, network_of(command.ip_address), context.at)
        return await unit.commit(Outcome(201, body, f"/v1/sessions/{session.id}"))

    async def refresh_session(self, command: RefreshSession, unit: UnitOfWork, context: Context) -> Outcome:
        token_hash = _hash(command.refresh_token)
        presented = await unit.sessions.find_token(token_hash)
        if presented is None:
            raise refresh_refused()
        if presented.used_at is None and not await unit.sessions.use_token(token_hash, context.at):
            # Another request won it meanwhile; now it shows when.
            presented = await unit.sessions.find_token(token_hash) or presented
        session = await unit.sessions.get(presented.session_id)
        unit.acts_as(session.user_id, session.id)
        result = session.refresh(presented, at=context.at)
        if result is Refresh.REUSED:
            await unit.sessions.save(session)
            await unit.commit()
            await self.ended_sessions.announce([session.id])
            raise refresh_refused()
        if result is Refresh.REPEATED:
            raise RefreshRepeated
        user = await unit.users.get(session.user_id)
        if result is Refresh.ENDED or not user.active:
            raise refresh_refused()
        body = await self._issue(session, user, unit, context)
        await unit.sessions.save(session)
        return await unit.commit(Outcome(200, body))

    async def list_sessions(self, _: ListSessions, unit: UnitOfWork, context: Context) -> Outcome:
        sessions = await unit.sessions.live_of_user(context.actor.user_id, context.at)
        items = [
            {
                "id": session.id,
                "current": session.id == context.session_id,
                "user_agent": session.user_agent,
                "ip_address": session.ip_address,
                "created_at": session.created_at,
                "last_used_at": session.last_used_at,
                "expires_at": session.expires_at,
            }
            for session in sessions
        ]
        return Outcome(200, {"items": items, "next": None, "prev": None})

    async def end_session(self, command: EndSession, unit: UnitOfWork, context: Context) -> Outcome:
        session_id = command.session_id or context.session_id
        assert session_id is not None, "a route without a signed-in caller dispatched this"
        session = await unit.sessions.get(session_id)
        if not may_end_session(context.actor, session.user_id):
            raise SessionNotFound(session_id)
        session.revoke(at=context.at, reason="signed_out")
        await unit.sessions.save(session)
        outcome = await unit.commit(Outcome(204))
        await self.ended_sessions.announce([session.id])
        return outcome

    async def _issue(self, session: Session, user: User, unit: UnitOfWork, context: Context) -> dict[str, object]:
        refresh_token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
        await unit.sessions.add_token(session.issue(_hash(refresh_token), at=context.at))
        access_token, expires_in_s = self.tokens.issue(user.id, user.role.value, session.id, context.at)
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": expires_in_s,
            "refresh_token": refresh_token,
            "session_id": session.id,
        }

    @property
    def by_command(self) -> Handlers:
        return {
            StartSession: self.start_session,
            RefreshSession: self.refresh_session,
            ListSessions: self.list_sessions,
            EndSession: self.end_session,
        }


def _hash(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode(errors="replace")).digest()
