"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..answers import Answer, Match
from ..async_transport import AsyncTransport
from ..given import NOT_GIVEN, NotGiven, given
from ..request import Request, etag_or_none, in_path, key_or_new
from ..types import DocumentSaved, DocumentVisibility, Saved


class AsyncKnowledgeCommands:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def create_category(
        self,
        *,
        names: Mapping[str, str],
        parent_id: str | None | NotGiven = NOT_GIVEN,
        position: int | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[Saved]:
        """Adds a category, at the top or below another one.

        names: Locale -> name
        position: Orders the categories of one parent
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/categories",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(names=names, parent_id=parent_id, position=position),
            )
        )

    async def delete_category(self, category_id: str, *, if_match: Match) -> Answer[None]:
        """Only an empty category can be deleted."""
        return await self._transport.answer(
            Request(
                "command",
                "DELETE",
                f"/v1/categories/{in_path(category_id)}",
                headers={"If-Match": etag_or_none(if_match)},
            )
        )

    async def change_category(
        self,
        category_id: str,
        *,
        if_match: Match,
        names: Mapping[str, str | None] | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        position: int | NotGiven = NOT_GIVEN,
    ) -> Answer[Saved]:
        """Renames, translates, orders or moves a category with all below it.

        position: Orders the categories of one parent
        """
        return await self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/categories/{in_path(category_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(names=names, parent_id=parent_id, position=position),
            )
        )

    async def create_document(
        self,
        *,
        body: str,
        locale: str,
        title: str,
        category_id: str | None | NotGiven = NOT_GIVEN,
        group_ids: Sequence[str] | None | NotGiven = NOT_GIVEN,
        slug: str | None | NotGiven = NOT_GIVEN,
        tags: Sequence[str] | None | NotGiven = NOT_GIVEN,
        visibility: DocumentVisibility | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Writes a first draft. Readers see it when it was approved and published.

        body: Markdown
        group_ids: Whose agents see the document, where its visibility is groups
        slug: Its readable address; from the title if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/documents",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(
                    body=body,
                    locale=locale,
                    title=title,
                    category_id=category_id,
                    group_ids=group_ids,
                    slug=slug,
                    tags=tags,
                    visibility=visibility,
                ),
            )
        )

    async def change_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        category_id: str | None | NotGiven = NOT_GIVEN,
        default_locale: str | NotGiven = NOT_GIVEN,
        group_ids: Sequence[str] | None | NotGiven = NOT_GIVEN,
        slug: str | NotGiven = NOT_GIVEN,
        tags: Sequence[str] | None | NotGiven = NOT_GIVEN,
        visibility: DocumentVisibility | NotGiven = NOT_GIVEN,
    ) -> Answer[DocumentSaved]:
        """Changes what all locales share. Texts are written with PUT draft.

        group_ids: Whose agents see the document, where its visibility is groups
        """
        return await self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/documents/{in_path(document_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(
                    category_id=category_id,
                    default_locale=default_locale,
                    group_ids=group_ids,
                    slug=slug,
                    tags=tags,
                    visibility=visibility,
                ),
            )
        )

    async def approve_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Finds the draft good. An agent needs somebody else for that, an admin does not.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/approve",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale),
            )
        )

    async def archive_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Takes the text down and puts it away.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/archive",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale),
            )
        )

    async def write_draft(
        self, document_id: str, *, body: str, title: str, if_match: Match, locale: str | None | NotGiven = NOT_GIVEN
    ) -> Answer[DocumentSaved]:
        """Writes a new draft, also in a new locale. What is published stays up until the draft is published.

        body: Markdown
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "PUT",
                f"/v1/documents/{in_path(document_id)}/draft",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(body=body, title=title, locale=locale),
            )
        )

    async def give_feedback(
        self,
        document_id: str,
        *,
        helpful: bool,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[None]:
        """Says whether an article helped. Readers have one vote each, the newest, also without signing in.

        helpful: Whether the article helped
        comment: What was missing, where it did not help
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/feedback",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(helpful=helpful, comment=comment, locale=locale),
            )
        )

    async def publish_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        publish_at: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Shows the approved draft to readers, now or at a later time.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        publish_at: A later time, with its zone; now if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/publish",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale, publish_at=publish_at),
            )
        )

    async def reject_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Sends the draft back to its writer.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/reject",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale),
            )
        )

    async def restore_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Brings an archived text back as a draft.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/restore",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale),
            )
        )

    async def submit_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Hands the draft to a reviewer.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/submit",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale),
            )
        )

    async def unpublish_document(
        self,
        document_id: str,
        *,
        if_match: Match,
        comment: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[DocumentSaved]:
        """Takes down what readers see, and calls off what is planned.

        comment: Kept in the history; with reject the writer sees it
        locale: The default locale if left out
        """
        return await self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/documents/{in_path(document_id)}/unpublish",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(comment=comment, locale=locale),
            )
        )
