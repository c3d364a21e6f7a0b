from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.identity.api_token import ApiToken
from domain.identity.errors import ApiTokenNotFound, UserForbidden
from domain.identity.policies import may_manage_api_tokens
from runtime.api_tokens import HINT_LENGTH, hash_of, new_api_token
from write_api.context import Context, NotSignedIn
from write_api.dispatch import Handlers
from write_api.identity.commands import CreateApiToken, ListApiTokens, RenameApiToken, RevokeApiToken
from write_api.identity.live_credentials import LiveCredentials
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ApiTokenHandlers:
    live_credentials: LiveCredentials

    async def create_api_token(self, command: CreateApiToken, unit: UnitOfWork, context: Context) -> Outcome:
        user_id, secret = context.actor.user_id, new_api_token()
        others = await unit.api_tokens.of_user_to_change(user_id)
        # Read again: whoever deactivates the user revokes only what is there by then.
        if not (await unit.users.get(user_id)).active:
            raise NotSignedIn
        token = ApiToken.create(
            user_id=user_id,
            name=command.name,
            scopes=command.scopes,
            token_hash=hash_of(secret),
            hint=secret[-HINT_LENGTH:],
            at=context.at,
            others=sum(other.is_live(context.at) for other in others),
            expires_at=command.expires_at,
        )
        await unit.api_tokens.add(token)
        created = {**_shown(token, None), "token": secret}
        outcome = await unit.commit(Outcome(201, created, f"/v1/api-tokens/{token.id}"))
        await self.live_credentials.begin_api_token(token)
        return outcome

    async def list_api_tokens(self, command: ListApiTokens, unit: UnitOfWork, context: Context) -> Outcome:
        user_id = context.actor.user_id
        if command.user_id is not None:
            if not may_manage_api_tokens(context.actor, command.user_id):
                raise UserForbidden("Only admins see the API tokens of others. Ask one.")
            user_id = (await unit.users.get(command.user_id)).id
        tokens = await unit.api_tokens.of_user(user_id)
        uses = await unit.api_tokens.last_uses([token.id for token in tokens])
        items = [_shown(token, uses.get(token.id)) for token in tokens]
        return Outcome(200, {"items": items, "next": None, "prev": None})

    async def rename_api_token(self, command: RenameApiToken, unit: UnitOfWork, context: Context) -> Outcome:
        token = await _manageable(command.token_id, unit, context)
        token.rename(command.name, at=context.at)
        await unit.api_tokens.save(token)
        uses = await unit.api_tokens.last_uses([token.id])
        return await unit.commit(Outcome(200, _shown(token, uses.get(token.id))))

    async def revoke_api_token(self, command: RevokeApiToken, unit: UnitOfWork, context: Context) -> Outcome:
        token = await _manageable(command.token_id, unit, context)
        token.revoke(at=context.at, reason="revoked")
        await unit.api_tokens.save(token)
        outcome = await unit.commit(Outcome(204))
        await self.live_credentials.end(api_tokens=[token])
        return outcome

    @property
    def by_command(self) -> Handlers:
        return {
            CreateApiToken: self.create_api_token,
            ListApiTokens: self.list_api_tokens,
            RenameApiToken: self.rename_api_token,
            RevokeApiToken: self.revoke_api_token,
        }


async def _manageable(token_id: UUID, unit: UnitOfWork, context: Context) -> ApiToken:
    token = await unit.api_tokens.get(token_id)
    if not may_manage_api_tokens(context.actor, token.user_id):
        raise ApiTokenNotFound(token_id)
    return token


def _shown(token: ApiToken, last_used_at: datetime | None) -> dict[str, Any]:
    return {
        "id": token.id,
        "user_id": token.user_id,
        "name": token.name,
        "scopes": sorted(scope.value for scope in token.scopes),
        "hint": token.hint,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": last_used_at,
    }
