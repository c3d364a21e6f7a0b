from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.shared.actor import Role
from write_api.persistence.ahead import Ahead
from write_api.persistence.session import Session

# The number comes along, so that opening a ticket has one round trip less.
_FOR_OPENING = """
SELECT nextval('ticket_number') AS number, requester.id AS requester_id, requester.organization_id,
    assignee.role AS assignee_role, assignee.active AS assignee_active
FROM (SELECT 1) AS always
LEFT JOIN users AS requester ON requester.id = $1
LEFT JOIN users AS assignee ON assignee.id = $2
"""
_ASSIGNEE = "SELECT role, active FROM users WHERE id = $1"


@dataclass(frozen=True)
class Assignee:
    role: Role
    active: bool


@dataclass(frozen=True)
class Opening:
    number: int
    requester_known: bool
    requester_organization_id: UUID | None
    assignee: Assignee | None


class TicketPeople:
    """What opening and assigning a ticket have to know of people."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def for_opening(self, requester_id: UUID, assignee_id: UUID | None) -> Opening:
        row = await self._session.fetch_once(_FOR_OPENING, requester_id, assignee_id)
        assert row is not None
        return Opening(
            number=row["number"],
            requester_known=row["requester_id"] is not None,
            requester_organization_id=row["organization_id"],
            assignee=_to_assignee(row["assignee_role"], row["assignee_active"]),
        )

    async def assignee(self, user_id: UUID) -> Assignee | None:
        row = await self._session.fetch_row(_ASSIGNEE, user_id)
        return None if row is None else _to_assignee(row["role"], row["active"])


def opening_ahead(requester_id: UUID, assignee_id: UUID | None) -> Ahead:
    return Ahead(_FOR_OPENING, (requester_id, assignee_id))


def _to_assignee(role: str | None, active: bool) -> Assignee | None:
    return None if role is None else Assignee(Role(role), active)
