from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from domain.identity.sessions import Session, SessionTerms
from domain.identity.user import User
from domain.shared.actor import Role
from runtime.network import network_of
from runtime.settings import Settings
from runtime.tokens import BOTH_APIS, AccessTokens
from write_api.context import Context
from write_api.identity.commands import Device
from write_api.persistence.unit_of_work import UnitOfWork

REFRESH_TOKEN_BYTES = 32

Issued = dict[str, object]


@dataclass(frozen=True)
class SessionIssuer:
    """Starts sessions and gives them their tokens. The caller commits."""

    tokens: AccessTokens
    settings: Settings

    def terms_of(self, role: Role) -> SessionTerms:
        settings = self.settings
        if role.is_staff:
            lifetime_s, idle_s = settings.staff_refresh_token_ttl_s, settings.staff_session_idle_s
        else:
            lifetime_s, idle_s = settings.refresh_token_ttl_s, settings.session_idle_s
        return SessionTerms(timedelta(seconds=lifetime_s), timedelta(seconds=idle_s))

    async def start(self, user: User, device: Device, unit: UnitOfWork, context: Context) -> tuple[Session, Issued]:
        session = Session.start(
            user_id=user.id,
            at=context.at,
            terms=self.terms_of(user.role),
            user_agent=device.user_agent,
            ip_address=device.ip_address,
        )
        unit.acts_as(user.id, session.id)
        issued = await self.issue(session, user, device.audience, unit, context)
        await unit.sessions.add(session)
        await unit.sign_ins.remember_network(user.id, network_of(device.ip_address), context.at)
        return session, issued

    async def issue(
        self, session: Session, user: User, audience: str | None, unit: UnitOfWork, context: Context
    ) -> Issued:
        refresh_token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
        await unit.sessions.add_token(session.issue(hash_of(refresh_token), at=context.at))
        audiences = BOTH_APIS if audience is None else (audience,)
        access_token, expires_in_s = self.tokens.issue(
            user.id, user.role.value, session.id, context.at, audiences, session.ends_at
        )
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": expires_in_s,
            "refresh_token": refresh_token,
            "refresh_expires_in": int((session.ends_at - context.at).total_seconds()),
            "session_id": session.id,
        }


def hash_of(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode(errors="replace")).digest()
