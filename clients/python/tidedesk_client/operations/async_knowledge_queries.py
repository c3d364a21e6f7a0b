"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..answers import Answer
from ..async_transport import AsyncTransport
from ..exports import AsyncExport
from ..pages import AsyncPage
from ..request import Request, etag_or_none, in_path
from ..types import (
    CategoryTree,
    Document,
    DocumentHit,
    DocumentItem,
    DocumentList,
    DocumentSearchResult,
    DocumentVersionList,
    DocumentVersionText,
    DocumentVisibility,
    Feedback,
    FeedbackComment,
    TicketFieldList,
)


class AsyncKnowledgeQueries:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_categories(
        self,
        *,
        locale: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[CategoryTree]:
        """The whole tree, each level in its order.

        locale: This locale, or another of its language
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/categories",
                query={"locale": locale},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def list_documents(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        locale: Sequence[str] | None = None,
        category: Sequence[str] | None = None,
        tag: Sequence[str] | None = None,
        visibility: Sequence[DocumentVisibility] | None = None,
        state: Sequence[Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]] | None = None,
        status: Sequence[Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]] | None = None,
        updated_after: str | None = None,
        updated_before: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[DocumentList, DocumentItem]:
        """Published documents that the caller may see, each locale by itself; for agents also what is being worked on.

        sort: A field; a leading - means descending
        limit: Items on a page
        cursor: `next` or `prev` of another page
        category: An id; what is below it counts too
        tag: With any of these tags
        state: For agents: what is being worked on, in this state. Without it: what is published
        status: The same as state
        updated_after: RFC 3339, or a date
        updated_before: RFC 3339, or a date
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/documents",
                query={
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    "locale": locale,
                    "category": category,
                    "tag": tag,
                    "visibility": visibility,
                    "state": state,
                    "status": status,
                    "updated_after": updated_after,
                    "updated_before": updated_before,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def export_documents(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        format: Literal["jsonl", "csv"] | None = None,
        locale: Sequence[str] | None = None,
        category: Sequence[str] | None = None,
        tag: Sequence[str] | None = None,
        visibility: Sequence[DocumentVisibility] | None = None,
        state: Sequence[Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]] | None = None,
        status: Sequence[Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]] | None = None,
        updated_after: str | None = None,
        updated_before: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncExport:
        """All documents that lists and searches find with these filters and `q`, as items of lists, from one point in
        time.

        The last line is `{"complete": true, "count": …}`, of CSV `#complete,…`: what ends otherwise was broken off.

        q: Words, "phrases", -not, field:value, field>value; at most 256 characters
        sort: A field; a leading - means descending
        format: One JSON object a line, or comma-separated values
        category: An id; what is below it counts too
        tag: With any of these tags
        state: For agents: what is being worked on, in this state. Without it: what is published
        status: The same as state
        updated_after: RFC 3339, or a date
        updated_before: RFC 3339, or a date
        accept_language: Preferred locales
        """
        return self._transport.export(
            Request(
                "query",
                "GET",
                "/v1/documents/export",
                query={
                    "q": q,
                    "sort": sort,
                    "format": format,
                    "locale": locale,
                    "category": category,
                    "tag": tag,
                    "visibility": visibility,
                    "state": state,
                    "status": status,
                    "updated_after": updated_after,
                    "updated_before": updated_before,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def get_document(
        self,
        document_id: str,
        *,
        locale: str | None = None,
        state: str | None = None,
        accept_language: str | None = None,
        known: Answer[Document] | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Document]:
        """One document in the asked locale, else the caller's, else its own. Agents get a draft if none is published.

        document_id: The id, or the name in addresses
        locale: This locale, or another of its language
        state: For agents: the working copy
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/documents/{in_path(document_id)}",
                query={"locale": locale, "state": state},
                headers={"Accept-Language": accept_language, "If-None-Match": etag_or_none(known)},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
                known=known,
            )
        )

    async def list_document_feedback(
        self,
        document_id: str,
        *,
        locale: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[Feedback, FeedbackComment]:
        """How many readers the article helped, and the comments of those whom it did not. For agents.

        document_id: The id, or the name in addresses
        locale: Of the text that was read
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                f"/v1/documents/{in_path(document_id)}/feedback",
                query={"locale": locale, "limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def list_document_versions(
        self,
        document_id: str,
        *,
        locale: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[DocumentVersionList]:
        """Every version of the text, newest first. For agents.

        document_id: The id, or the name in addresses
        locale: This locale, or another of its language
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/documents/{in_path(document_id)}/versions",
                query={"locale": locale},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def get_document_version(
        self,
        document_id: str,
        number: int,
        *,
        locale: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[DocumentVersionText]:
        """One version of the text, to compare it or to take it up again. For agents.

        document_id: The id, or the name in addresses
        number: Versions of one locale count from 1
        locale: This locale, or another of its language
        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/documents/{in_path(document_id)}/versions/{in_path(number)}",
                query={"locale": locale},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def search_documents(
        self,
        *,
        q: str | None = None,
        facets: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        locale: Sequence[str] | None = None,
        category: Sequence[str] | None = None,
        tag: Sequence[str] | None = None,
        visibility: Sequence[DocumentVisibility] | None = None,
        state: Sequence[Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]] | None = None,
        status: Sequence[Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]] | None = None,
        updated_after: str | None = None,
        updated_before: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[DocumentSearchResult, DocumentHit]:
        """Documents that match `q` and the filters, best first. `facets` takes locale, category, tags.

        q: Words, "phrases", -not, field:value, field>value; at most 256 characters
        facets: Comma-separated
        sort: A field; a leading - means descending
        limit: Items on a page
        cursor: `next` or `prev` of another page
        category: An id; what is below it counts too
        tag: With any of these tags
        state: For agents: what is being worked on, in this state. Without it: what is published
        status: The same as state
        updated_after: RFC 3339, or a date
        updated_before: RFC 3339, or a date
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/search/documents",
                query={
                    "q": q,
                    "facets": facets,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    "locale": locale,
                    "category": category,
                    "tag": tag,
                    "visibility": visibility,
                    "state": state,
                    "status": status,
                    "updated_after": updated_after,
                    "updated_before": updated_before,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def list_ticket_fields(
        self, *, accept_language: str | None = None, consistency_token: str | None = None, wait_s: int | None = None
    ) -> Answer[TicketFieldList]:
        """Definitions of the custom fields that tickets can have.

        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/ticket-fields",
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )
