from __future__ import annotations

from datetime import datetime
from uuid import UUID

from write_api.persistence.outbox import BACKGROUND_LANE, Origin
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

BEFORE_ALL = UUID(int=0)


async def move_next(pool: Pool, now: datetime, limit: int) -> bool:
    """Moves at most `limit` tickets of the oldest running move. False: none is left that nobody else is at."""
    async with UnitOfWorkFactory(pool)() as unit:
        move = await unit.ticket_moves.next_running()
        if move is None:
            return False
        assert move.newest_ticket_id is not None, "a move of nothing is finished when it starts"
        tickets = await unit.tickets.next_of(
            move.from_organization_id, move.passed_ticket_id or BEFORE_ALL, move.newest_ticket_id, limit
        )
        for ticket in tickets:
            ticket.move_to_organization(move.to_organization_id, move_id=move.id, at=now)
        move.advance([ticket.id for ticket in tickets], at=now)
        # As who started it. Others' changes do not wait behind it.
        unit.session.origin = Origin(move.started_by, lane=BACKGROUND_LANE)
        await unit.tickets.save_moved(tickets)
        await unit.ticket_moves.save(move)
        await unit.commit()
    return True
