from __future__ import annotations

from domain.identity.errors import OrganizationNotFound
from domain.identity.policies import may_move_tickets
from domain.identity.ticket_move import TicketMove
from domain.shared.errors import Forbidden
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import MoveOrganizationTickets, ShowTicketMove
from write_api.persistence.failures import unknown_reference
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


async def move_organization_tickets(command: MoveOrganizationTickets, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    source = await unit.organizations.get(command.organization_id)
    involved = [source.id]
    if command.to is not None:
        await _refuse_unknown_target(command, unit)
        involved.append(command.to)
    running = await unit.ticket_moves.running_of(involved)
    total, newest_ticket_id = await unit.tickets.extent_of(source.id)
    move = TicketMove.start(
        from_organization_id=source.id,
        to_organization_id=command.to,
        total=total,
        newest_ticket_id=newest_ticket_id,
        running=running,
        started_by=context.actor.user_id,
        at=context.at,
    )
    await unit.ticket_moves.add(move)
    # No version and no token to wait for: the tickets have theirs, once they are moved.
    return await unit.commit(Outcome(202, _shown(move), f"/v1/ticket-moves/{move.id}"))


async def show_ticket_move(command: ShowTicketMove, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    return Outcome(200, _shown(await unit.ticket_moves.get(command.move_id)))


async def _refuse_unknown_target(command: MoveOrganizationTickets, unit: UnitOfWork) -> None:
    assert command.to is not None
    try:
        await unit.organizations.get(command.to)
    except OrganizationNotFound:
        raise unknown_reference("to") from None


def _refuse_others(context: Context) -> None:
    if not may_move_tickets(context.actor):
        raise Forbidden("Only admins move the tickets of a whole organization. Ask one.")


def _shown(move: TicketMove) -> dict[str, object]:
    return {
        "id": move.id,
        "status": move.state,
        "organization_id": move.from_organization_id,
        "to": move.to_organization_id,
        "moved": move.moved,
        "total": move.total,
        "started_at": move.created_at,
        "updated_at": move.updated_at,
        "finished_at": move.finished_at,
    }


HANDLERS: Handlers = {
    MoveOrganizationTickets: move_organization_tickets,
    ShowTicketMove: show_ticket_move,
}
