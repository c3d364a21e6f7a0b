from __future__ import annotations

from domain.shared.clock import Clock
from runtime.api_tokens import ApiTokenUses, KnownApiTokens, hash_of
from runtime.bearer import unauthorized
from runtime.principal import ApiTokenGrant, Principal
from write_api.persistence.unit_of_work import UnitOfWorkFactory


class ApiTokenSignIn:
    """Finds whom an API token speaks for. Whether it still does is asked with the command, as of a session."""

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, known: KnownApiTokens, uses: ApiTokenUses, clock: Clock
    ) -> None:
        self._unit_of_work = unit_of_work
        self._known = known
        self._uses = uses
        self._clock = clock

    async def principal(self, token: str) -> Principal:
        principal = self._known.find(token) or await self._stored(token)
        assert principal.api_token is not None
        self._uses.note(principal.api_token.id, self._clock.now().timestamp())
        return principal

    async def _stored(self, token: str) -> Principal:
        """Its user and scopes are final, so that not every request has to ask for them."""
        async with self._unit_of_work() as unit:
            grant = await unit.api_tokens.grant_of(hash_of(token))
        if grant is None:
            raise unauthorized("The API token is not valid, or no longer. Make a new one.", "token.invalid")
        principal = Principal(grant.user_id, "", None, ApiTokenGrant(grant.id, grant.scopes))
        self._known.remember(token, principal)
        return principal
