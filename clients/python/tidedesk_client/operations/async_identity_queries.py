"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Sequence

from ..answers import Answer
from ..async_transport import AsyncTransport
from ..pages import AsyncPage
from ..request import Request, etag_or_none, in_path
from ..types import Group, GroupList, Organization, OrganizationList, Role, User, UserList


class AsyncIdentityQueries:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def list_groups(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[GroupList, Group]:
        """Groups of agents; customers see none.

        q: A name, or the beginning of one
        sort: By default relevance with q, else -created_at
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/groups",
                query={"q": q, "sort": sort, "limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def get_group(
        self,
        group_id: str,
        *,
        accept_language: str | None = None,
        known: Answer[Group] | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Group]:
        """Get Group

        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/groups/{in_path(group_id)}",
                headers={"Accept-Language": accept_language, "If-None-Match": etag_or_none(known)},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
                known=known,
            )
        )

    async def list_organizations(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[OrganizationList, Organization]:
        """Organizations of customers; customers see their own.

        q: A name, or the beginning of one
        sort: By default relevance with q, else -created_at
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/organizations",
                query={"q": q, "sort": sort, "limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    async def get_organization(
        self,
        organization_id: str,
        *,
        accept_language: str | None = None,
        known: Answer[Organization] | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Organization]:
        """Get Organization

        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/organizations/{in_path(organization_id)}",
                headers={"Accept-Language": accept_language, "If-None-Match": etag_or_none(known)},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
                known=known,
            )
        )

    async def list_users(
        self,
        *,
        q: str | None = None,
        role: Sequence[Role] | None = None,
        organization: Sequence[str] | None = None,
        group: Sequence[str] | None = None,
        active: bool | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> AsyncPage[UserList, User]:
        """Users; customers find only themselves.

        q: A name or email, or the beginning of one
        organization: An id or `none`
        group: An id or `none`
        sort: By default relevance with q, else -created_at
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return await self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/users",
                query={
                    "q": q,
                    "role": role,
                    "organization": organization,
                    "group": group,
                    "active": active,
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

    async def get_user(
        self,
        user_id: str,
        *,
        accept_language: str | None = None,
        known: Answer[User] | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[User]:
        """`me` is the caller.

        accept_language: Preferred locales
        """
        return await self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/users/{in_path(user_id)}",
                headers={"Accept-Language": accept_language, "If-None-Match": etag_or_none(known)},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
                known=known,
            )
        )
