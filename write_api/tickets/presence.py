from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from runtime.errors import StoreUnavailable
from runtime.presence import (
    CHANGES_KEPT,
    CHANGES_KEPT_FOR_S,
    MAX_PLACES,
    MAX_TABS,
    PRESENT_FOR_S,
    SAY,
    TYPING,
    TYPING_FOR_S,
    Activity,
    PresenceKeys,
)
from runtime.principal import Principal
from runtime.redis import STORE
from runtime.redis_line import RedisLine
from write_api.persistence.json import dump_json


class PresenceBoard:
    """Says in Redis who is on a ticket, in one round trip, while no connection to Postgres is held."""

    def __init__(self, line: RedisLine, namespace: str) -> None:
        self._line = line
        self._keys = PresenceKeys(namespace)
        self._say = line.script(SAY)

    async def say(
        self, ticket_id: UUID, who: Principal, tab: str | None, activity: Activity | None, deciding: Mapping[str, Any]
    ) -> None:
        """`activity` None: they have left. `tab` None: whoever signs in once is in one place."""
        place = tab or str(who.session_id if who.api_token is None else who.api_token.id)
        present_ms = 0 if activity is None else PRESENT_FOR_S * 1000
        typing_ms = TYPING_FOR_S * 1000 if activity == TYPING else 0
        ticket = str(ticket_id)
        try:
            await self._line.run(
                self._say,
                (self._keys.places(ticket), self._keys.changes),
                *(who.user_text, place, present_ms, typing_ms, MAX_TABS, MAX_PLACES),
                *(ticket, dump_json(deciding), CHANGES_KEPT, CHANGES_KEPT_FOR_S),
            )
        except (RedisError, OSError) as error:
            raise StoreUnavailable(STORE, f"{type(error).__name__}: {error}") from error
