"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..answers import Answer
from ..async_transport import AsyncTransport
from ..pages import AsyncPage
from ..request import Request
from ..types import FoundDocument, FoundTicket, SearchResult, SuggestionList


class AsyncSearchQueries:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def search_everything(
        self,
        *,
        q: str | None = None,
        kind: Sequence[Literal["ticket", "document"]] | None = None,
        tag: Sequence[str] | None = None,
        locale: Sequence[str] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[SearchResult, FoundTicket | FoundDocument]:
        """Tickets and published documents together, best first. Without signing in: documents only.

        A field that only one of them has (`status:open`) finds only that one. `facets.kind` counts both.

        q: Words, "phrases", -not, field:value, field>value; at most 256 characters
        kind: Without it: both
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/search",
                query={"q": q, "kind": kind, "tag": tag, "locale": locale, "limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def suggest(
        self,
        *,
        q: str | None = None,
        kind: Sequence[Literal["ticket", "document"]] | None = None,
        limit: int | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[SuggestionList]:
        """Titles that begin with what was typed, among what the caller may see.

        q: What was typed so far
        kind: Without it: both
        limit: Of each kind
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/suggest",
                query={"q": q, "kind": kind, "limit": limit},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )
