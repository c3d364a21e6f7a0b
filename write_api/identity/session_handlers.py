from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.identity.errors import SessionNotFound, UserForbidden
from domain.identity.policies import may_manage_sessions
from domain.identity.sessions import Session
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import EndSession, EndSessions, ListSessions
from write_api.identity.session_changes import SessionChanges
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SessionHandlers:
    sessions: SessionChanges

    async def list_sessions(self, command: ListSessions, unit: UnitOfWork, context: Context) -> Outcome:
        user_id = await _manageable(command.user_id, unit, context)
        sessions = await unit.sessions.live_of_user(user_id, context.at)
        items = [_shown(session, context) for session in sessions]
        return Outcome(200, {"items": items, "next": None, "prev": None})

    async def end_session(self, command: EndSession, unit: UnitOfWork, context: Context) -> Outcome:
        session_id = command.session_id or context.session_id
        assert session_id is not None, "a route without a signed-in caller dispatched this"
        session = await unit.sessions.get(session_id)
        if not may_manage_sessions(context.actor, session.user_id):
            raise SessionNotFound(session_id)
        return await self.sessions.sign_out([session], Outcome(204), unit, context)

    async def end_sessions(self, command: EndSessions, unit: UnitOfWork, context: Context) -> Outcome:
        user_id = await _manageable(command.user_id, unit, context)
        sessions = await unit.sessions.live_to_change(user_id, context.at)
        if command.user_id is None:
            sessions = [session for session in sessions if session.id != context.session_id]
        return await self.sessions.sign_out(sessions, Outcome(204), unit, context)

    @property
    def by_command(self) -> Handlers:
        return {
            ListSessions: self.list_sessions,
            EndSession: self.end_session,
            EndSessions: self.end_sessions,
        }


async def _manageable(user_id: UUID | None, unit: UnitOfWork, context: Context) -> UUID:
    """The caller, or who was asked for. Whether somebody exists is nothing for others."""
    if user_id is None:
        return context.actor.user_id
    if not may_manage_sessions(context.actor, user_id):
        raise UserForbidden("Only admins see and end the sessions of others. Ask one.")
    return (await unit.users.get(user_id)).id


def _shown(session: Session, context: Context) -> dict[str, Any]:
    return {
        "id": session.id,
        "current": session.id == context.session_id,
        "user_agent": session.user_agent,
        "ip_address": session.ip_address,
        "created_at": session.created_at,
        "last_used_at": session.last_used_at,
        "expires_at": session.ends_at,
    }
