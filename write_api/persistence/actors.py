from __future__ import annotations

from domain.shared.actor import Actor, Role, TicketAccess
from runtime.principal import Principal
from write_api.persistence.ahead import Ahead
from write_api.persistence.session import Session

_FIND = """
SELECT users.role AS own__role, users.ticket_access AS own__ticket_access,
    users.organization_id AS own__organization_id,
    coalesce(organizations.shares_tickets, false) AS own__shares_tickets,
    ARRAY(SELECT group_id FROM user_groups WHERE user_id = users.id) AS own__group_ids
FROM users
JOIN {credentials} AS credential ON credential.id = $2 AND credential.user_id = users.id
LEFT JOIN organizations ON organizations.id = users.organization_id
WHERE users.id = $1 AND users.active AND credential.revoked_at IS NULL AND credential.expires_at > now()
"""
_FIND_BY_SESSION, _FIND_BY_API_TOKEN = (_FIND.format(credentials=table) for table in ("sessions", "api_tokens"))


class ActorReader:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, principal: Principal, ahead: Ahead | None = None) -> Actor | None:
        """Rights come from here, not from the token: a demotion or a logout counts with the next command."""
        user_id, api_token = principal.user_id, principal.api_token
        if api_token is None:
            row = await self._session.fetch_with(ahead, _FIND_BY_SESSION, user_id, principal.session_id)
        else:
            row = await self._session.fetch_with(ahead, _FIND_BY_API_TOKEN, user_id, api_token.id)
        if row is None:
            return None
        return Actor(
            user_id=user_id,
            role=Role(row["own__role"]),
            group_ids=frozenset(row["own__group_ids"]),
            organization_id=row["own__organization_id"],
            organization_shares_tickets=row["own__shares_tickets"],
            ticket_access=TicketAccess(row["own__ticket_access"]),
        )
