from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.identity.errors import TicketMoveRunning, TicketMoveToItself
from domain.identity.events import OrganizationTicketsMoved, OrganizationTicketsMoveStarted
from domain.shared.aggregate import Aggregate
from domain.shared.ids import uuid7


class TicketMoveState(str, Enum):
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(kw_only=True, eq=False)
class TicketMove(Aggregate):
    """All tickets of an organization on their way to another one, or to none: some at a time, oldest first.

    It takes those that there are when it starts. What is opened later stays, because the organization does.
    """

    aggregate_type = "ticket_move"

    from_organization_id: UUID
    to_organization_id: UUID | None
    started_by: UUID
    state: TicketMoveState = TicketMoveState.RUNNING
    total: int
    moved: int = 0
    newest_ticket_id: UUID | None
    # How far the present pass has come; None at the start of one.
    passed_ticket_id: UUID | None = None
    finished_at: datetime | None = None

    @classmethod
    def start(
        cls,
        *,
        from_organization_id: UUID,
        to_organization_id: UUID | None,
        total: int,
        newest_ticket_id: UUID | None,
        running: Iterable[TicketMove],
        started_by: UUID,
        at: datetime,
    ) -> TicketMove:
        """`running`: other moves of either organization. Two that cross would leave it to chance who gets what."""
        if to_organization_id == from_organization_id:
            raise TicketMoveToItself
        for other in running:
            raise TicketMoveRunning(other.id)
        move = cls(
            id=uuid7(),
            created_at=at,
            updated_at=at,
            from_organization_id=from_organization_id,
            to_organization_id=to_organization_id,
            started_by=started_by,
            total=total,
            newest_ticket_id=newest_ticket_id,
        )
        move.record(
            OrganizationTicketsMoveStarted(
                occurred_at=at,
                from_organization_id=from_organization_id,
                to_organization_id=to_organization_id,
                total=total,
            )
        )
        if total == 0:
            move._finish(at)
        return move

    @property
    def is_running(self) -> bool:
        return self.state is TicketMoveState.RUNNING

    def advance(self, moved_ids: Sequence[UUID], *, at: datetime) -> None:
        """These were the next tickets by id. One of a low id may be committed late: the last pass has to find none."""
        self.updated_at = max(self.updated_at, at)
        if moved_ids:
            self.moved += len(moved_ids)
            self.passed_ticket_id = moved_ids[-1]
        elif self.passed_ticket_id is not None:
            self.passed_ticket_id = None
        else:
            self._finish(at)

    def _finish(self, at: datetime) -> None:
        self.state = TicketMoveState.FINISHED
        self.finished_at = at
        self.record(
            OrganizationTicketsMoved(
                occurred_at=at,
                from_organization_id=self.from_organization_id,
                to_organization_id=self.to_organization_id,
                moved=self.moved,
            )
        )
