"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Sequence

from ..async_transport import AsyncTransport
from ..pages import AsyncPage
from ..request import Request
from ..types import AuditEntry, AuditLog


class AsyncAuditQueries:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_audit_entries(
        self,
        *,
        actor: Sequence[str] | None = None,
        aggregate_type: Sequence[str] | None = None,
        aggregate_id: Sequence[str] | None = None,
        type: Sequence[str] | None = None,
        ip_address: Sequence[str] | None = None,
        occurred_after: str | None = None,
        occurred_before: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[AuditLog, AuditEntry]:
        """Who did what, when, from where, with the values before and after. For admins.

        actor: Ids, `me` or `none`; several mean any of them
        aggregate_type: Any of ticket, view, document, category, ticket_field, user, group, organization, session,
            api_token, ticket_move, operation, attachment, sign_in
        aggregate_id: Ids or `none`
        type: Events, such as SignInFailed or UserRoleChanged
        ip_address: Exactly these addresses
        occurred_after: RFC 3339, or a date
        occurred_before: RFC 3339, or a date
        sort: By default the newest first
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/audit",
                query={
                    "actor": actor,
                    "aggregate_type": aggregate_type,
                    "aggregate_id": aggregate_id,
                    "type": type,
                    "ip_address": ip_address,
                    "occurred_after": occurred_after,
                    "occurred_before": occurred_before,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )
