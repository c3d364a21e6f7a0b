"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Literal

from ..answers import Answer
from ..async_transport import AsyncTransport
from ..request import Request, in_path
from ..types import Counts, DeadLetterList, FreshnessReport, Projection, ReadModelName


class AsyncOperationsQueries:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def count_tickets(
        self,
        *,
        views: bool | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Counts]:
        """Tickets by status: all that the caller may see, and the caller's own.

        views: For staff: also those of each view, 50 at most
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/counts",
                query={"views": views},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def list_dead_letters(
        self,
        *,
        projection: ReadModelName | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[DeadLetterList]:
        """The newest documents that could not be projected, and why. For admins.

        A letter is gone once its document was projected; `POST /v1/dead-letters/{letter_id}/replay` tries it again.

        projection: Only those of this read model
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/dead-letters",
                query={"projection": projection},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def get_freshness(
        self, *, accept_language: str | None = None, consistency_token: str | None = None, wait_s: int | None = None
    ) -> Answer[FreshnessReport]:
        """How far everything is projected; staff see each projection.

        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/freshness",
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def get_projection(
        self,
        type: Literal["ticket", "document", "user", "group", "organization", "category", "ticket_field"],
        id: str,
        *,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Projection]:
        """What the stores hold of one aggregate. For staff.

        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/projections/{in_path(type)}/{in_path(id)}",
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )
