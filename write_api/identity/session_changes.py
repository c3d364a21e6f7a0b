from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.identity.sessions import Session, make_room
from domain.identity.user import User
from write_api.context import Context
from write_api.identity.commands import Device
from write_api.identity.live_credentials import LiveCredentials
from write_api.identity.session_issuer import Issued, SessionIssuer
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Started:
    session: Session
    issued: Issued
    # They had to make room for it.
    ended: Sequence[Session]


@dataclass(frozen=True)
class SessionChanges:
    """Sessions begin and end in the same way, however somebody came in or goes out."""

    issuer: SessionIssuer
    live_credentials: LiveCredentials

    async def start(
        self, user: User, live: Sequence[Session], device: Device, unit: UnitOfWork, context: Context
    ) -> Started:
        """`live`: the user's other sessions, held for a change. The caller has more to save, then calls `finish`."""
        unit.acts_as(user.id)
        ended = make_room(live, limit=self.issuer.settings.sessions_per_user, at=context.at)
        for session in ended:
            await unit.sessions.save(session)
        session, issued = await self.issuer.start(user, device, unit, context)
        return Started(session, issued, ended)

    async def finish(self, started: Started, unit: UnitOfWork) -> Outcome:
        outcome = await unit.commit(Outcome(201, started.issued, f"/v1/sessions/{started.session.id}"))
        await self.live_credentials.end([one.id for one in started.ended])
        await self.live_credentials.begin_session(started.session.id)
        return outcome

    async def sign_out(
        self, sessions: Sequence[Session], answer: Outcome, unit: UnitOfWork, context: Context
    ) -> Outcome:
        for session in sessions:
            session.revoke(at=context.at, reason="signed_out")
            await unit.sessions.save(session)
        outcome = await unit.commit(answer)
        await self.live_credentials.end([session.id for session in sessions])
        return outcome
