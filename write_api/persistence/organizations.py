from __future__ import annotations

from typing import Any
from uuid import UUID

from domain.identity.errors import NameTaken, OrganizationNotFound
from domain.identity.organization import Organization
from write_api.persistence.access import record_of
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows, select_all, update_versioned
from write_api.persistence.tables.identity import organizations

_SELECT = f"{select_all(organizations)} WHERE id = $1 FOR NO KEY UPDATE"
_INSERT = insert_rows(organizations)
_UPDATE = update_versioned(organizations)


class OrganizationRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, organization_id: UUID) -> Organization:
        row = await self._session.fetch_locked(_SELECT, organization_id)
        if row is None:
            raise OrganizationNotFound(organization_id)
        return Organization(**{**row, "domains": tuple(row["domains"])})

    async def add(self, organization: Organization) -> None:
        self._refuse_in_its_words(organization)
        self._session.added(organization, _INSERT, _to_row(organization))
        self._session.access.append(record_of(organization))

    async def save(self, organization: Organization) -> None:
        if organization.has_changes:
            self._refuse_in_its_words(organization)
            self._session.changed(organization, _UPDATE, _to_row(organization))
            self._session.access.append(record_of(organization))

    def _refuse_in_its_words(self, organization: Organization) -> None:
        name = organization.name
        self._session.refusals["uq_organizations_name"] = lambda: NameTaken("organization", name)


def _to_row(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.id,
        "name": organization.name,
        "domains": organization.domains,
        "shares_tickets": organization.shares_tickets,
        "external_id": organization.external_id,
        "version": organization.version + 1,
        "created_at": organization.created_at,
        "updated_at": organization.updated_at,
    }
