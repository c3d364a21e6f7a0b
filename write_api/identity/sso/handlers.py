from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.identity.sessions import make_room
from domain.identity.single_sign_on import Admission, Claims, SsoRules, admit
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import EndSsoSession, SignInWithProvider
from write_api.identity.live_credentials import LiveCredentials
from write_api.identity.session_issuer import SessionIssuer
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SsoHandlers:
    issuer: SessionIssuer
    live_credentials: LiveCredentials

    async def sign_in(self, command: SignInWithProvider, unit: UnitOfWork, context: Context) -> Outcome:
        claims, rules = command.claims, command.rules
        admission = await _admit(claims, rules, unit, context)
        user = admission.user
        live = await unit.sessions.live_to_change(user.id, context.at)
        ended = make_room(live, limit=self.issuer.settings.sessions_per_user, at=context.at)
        unit.acts_as(user.id)
        for session in ended:
            await unit.sessions.save(session)
        started, issued = await self.issuer.start(user, command.device, unit, context)
        await (unit.users.add(user) if admission.is_new else unit.users.save(user))
        if admission.is_linked_now:
            await unit.identities.link(claims.issuer, claims.subject, user.id, rules.provider, context.at)
        await unit.identities.remember_session(started.id, rules.provider, command.id_token)
        outcome = await unit.commit(Outcome(201, issued, f"/v1/sessions/{started.id}"))
        await self.live_credentials.end([one.id for one in ended])
        await self.live_credentials.begin_session(started.id)
        return outcome

    async def end_session(self, command: EndSsoSession, unit: UnitOfWork, context: Context) -> Outcome:
        """Answers the provider of the session, and the token that names it there."""
        session_id = context.session_id
        came_by = None if session_id is None else await unit.identities.provider_of(session_id)
        if session_id is not None:
            session = await unit.sessions.get(session_id)
            session.revoke(at=context.at, reason="signed_out")
            await unit.sessions.save(session)
        outcome = await unit.commit(Outcome(200, {"provider": came_by}))
        if session_id is not None:
            await self.live_credentials.end([session_id])
        return outcome

    @property
    def by_command(self) -> Handlers:
        return {SignInWithProvider: self.sign_in, EndSsoSession: self.end_session}


async def _admit(claims: Claims, rules: SsoRules, unit: UnitOfWork, context: Context) -> Admission:
    owner = await unit.identities.owner_of(claims.issuer, claims.subject)
    linked = None if owner is None else await unit.users.get(owner)
    by_email = None
    if linked is None and claims.email is not None:
        by_email = await unit.users.find_by_email(claims.email.strip().lower())
    return admit(
        claims,
        rules,
        linked=linked,
        by_email=by_email,
        issuers_of_by_email=set() if by_email is None else await unit.identities.issuers_of(by_email.id),
        group_ids=await _group_ids(claims, rules, unit),
        at=context.at,
    )


async def _group_ids(claims: Claims, rules: SsoRules, unit: UnitOfWork) -> list[UUID]:
    """Of the groups that there are here; what else the provider knows is none of ours."""
    return list((await unit.groups.named(sorted(claims.groups))).values()) if rules.gives_groups else []
