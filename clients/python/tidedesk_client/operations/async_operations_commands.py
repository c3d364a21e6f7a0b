"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from ..answers import Answer
from ..async_transport import AsyncTransport
from ..given import NOT_GIVEN, NotGiven, given
from ..request import Request, in_path, key_or_new
from ..types import ReadModelName, Replayed


class AsyncOperationsCommands:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def replay_dead_letters(
        self, *, projection: ReadModelName | None | NotGiven = NOT_GIVEN, idempotency_key: str | None = None
    ) -> Answer[Replayed]:
        """Projects all dead documents once more, or those of one read model. For admins.

        projection: Only letters of this read model; null: all
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/dead-letters/replay",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(projection=projection),
            )
        )

    async def replay_dead_letter(self, letter_id: int, *, idempotency_key: str | None = None) -> Answer[Replayed]:
        """Projects one dead document once more. For admins.

        letter_id: As GET /v1/dead-letters of the query API names it
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/dead-letters/{in_path(letter_id)}/replay",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
            )
        )
