from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.identity.single_sign_on import Admission, Claims, SsoRules, admit
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import EndSsoSession, SignInWithProvider
from write_api.identity.session_changes import SessionChanges
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SsoHandlers:
    sessions: SessionChanges

    async def sign_in(self, command: SignInWithProvider, unit: UnitOfWork, context: Context) -> Outcome:
        claims, rules = command.claims, command.rules
        owner = await unit.identities.owner_of(claims.issuer, claims.subject)
        known = owner or await _by_email(claims, unit)
        # Held before it is read: whoever deactivates this user meanwhile ends the session that begins here, too.
        live = [] if known is None else await unit.sessions.live_to_change(known, context.at)
        admission = await _admit(command, None if known is None else (known, owner is not None), unit, context)
        user = admission.user
        started = await self.sessions.start(user, live, command.device, unit, context)
        await (unit.users.add(user) if admission.is_new else unit.users.save(user))
        if admission.is_linked_now:
            await unit.identities.link(claims.issuer, claims.subject, user.id, rules.provider, context.at)
        await unit.identities.remember_session(started.session.id, rules.provider, command.id_token)
        return await self.sessions.finish(started, unit)

    async def end_session(self, command: EndSsoSession, unit: UnitOfWork, context: Context) -> Outcome:
        """Answers the provider of the session, and the token that names it there."""
        session_id = context.session_id
        assert session_id is not None, "no API token opens the route that dispatches this"
        came_by = await unit.identities.provider_of(session_id)
        session = await unit.sessions.get(session_id)
        return await self.sessions.sign_out([session], Outcome(200, {"provider": came_by}), unit, context)

    @property
    def by_command(self) -> Handlers:
        return {SignInWithProvider: self.sign_in, EndSsoSession: self.end_session}


async def _by_email(claims: Claims, unit: UnitOfWork) -> UUID | None:
    user = None if claims.email is None else await unit.users.find_by_email(claims.email.strip().lower())
    return None if user is None else user.id


async def _admit(
    command: SignInWithProvider, known: tuple[UUID, bool] | None, unit: UnitOfWork, context: Context
) -> Admission:
    """`known` is a user's id, and whether the subject is theirs already; else the address is."""
    claims, rules = command.claims, command.rules
    user, is_linked = None, False
    if known is not None:
        user, is_linked = await unit.users.get(known[0]), known[1]
    return admit(
        claims,
        rules,
        linked=user if is_linked else None,
        by_email=None if is_linked else user,
        issuers_of_by_email=set() if user is None or is_linked else await unit.identities.issuers_of(user.id),
        group_ids=await _group_ids(claims, rules, unit),
        at=context.at,
    )


async def _group_ids(claims: Claims, rules: SsoRules, unit: UnitOfWork) -> list[UUID]:
    """Of the groups that there are here; what else the provider knows is none of ours."""
    return list((await unit.groups.named(sorted(claims.groups))).values()) if rules.gives_groups else []
