"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Literal

from ..answers import Answer
from ..async_transport import AsyncTransport
from ..given import NOT_GIVEN, NotGiven, given
from ..request import Request, in_path, key_or_new
from ..types import ReadModelName, RebuildAccepted, Replayed


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

    async def request_rebuild(
        self,
        *,
        projection: Literal[
            "all", "tickets", "messages", "attachments", "documents", "document_drafts", "people", "catalog", "history"
        ],
        idempotency_key: str | None = None,
    ) -> Answer[RebuildAccepted]:
        """Has a read model built anew beside the live one, which serves until the new one is complete and checked.

        For admins. `GET /v1/freshness` of the query API says how far it is.

        projection: A read model, or all, one after another
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/rebuilds",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(projection=projection),
            )
        )

    async def pause_rebuild(
        self, projection: ReadModelName, *, idempotency_key: str | None = None
    ) -> Answer[RebuildAccepted]:
        """Lets a rebuild wait, also over restarts. Changes still go to both indices. For admins."""
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/rebuilds/{in_path(projection)}/pause",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
            )
        )

    async def resume_rebuild(
        self, projection: ReadModelName, *, idempotency_key: str | None = None
    ) -> Answer[RebuildAccepted]:
        """Lets a rebuild go on that is paused or was interrupted. For admins."""
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/rebuilds/{in_path(projection)}/resume",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
            )
        )

    async def roll_back_rebuild(
        self, projection: ReadModelName, *, idempotency_key: str | None = None
    ) -> Answer[RebuildAccepted]:
        """Goes back to the index that served before the last rebuild. For admins.

        Nothing that was written since is lost: it is put right in that index first.
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/rebuilds/{in_path(projection)}/rollback",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
            )
        )
