from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.operations.operation import Operation
from domain.operations.read_models import ReadModelName
from domain.operations.rebuilds import ReadModelState, WishKind
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.operations.commands import PauseRebuild, RequestRebuild, ResumeRebuild, RollBackRebuild
from write_api.operations.refusing import refuse_others
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork

REQUESTED, PAUSED, RESUMED = "requested", "paused", "resumed"


async def request_rebuild(command: RequestRebuild, unit: UnitOfWork, context: Context) -> Outcome:
    refuse_others(context)
    names = list(ReadModelName) if command.projection is None else [command.projection]
    operation = Operation.rebuild(await unit.rebuilds.states_of(names), at=context.at)
    await unit.rebuilds.wish(WishKind.REBUILD, names, operation)
    return await _done(unit, operation, names, REQUESTED)


async def roll_back_rebuild(command: RollBackRebuild, unit: UnitOfWork, context: Context) -> Outcome:
    refuse_others(context)
    operation = Operation.roll_back(await _state_of(command.projection, unit), at=context.at)
    await unit.rebuilds.wish(WishKind.ROLLBACK, [command.projection], operation)
    return await _done(unit, operation, [command.projection], REQUESTED)


async def pause_rebuild(command: PauseRebuild, unit: UnitOfWork, context: Context) -> Outcome:
    refuse_others(context)
    operation = Operation.pause(await _state_of(command.projection, unit), at=context.at)
    await unit.rebuilds.pause(command.projection)
    return await _done(unit, operation, [command.projection], PAUSED)


async def resume_rebuild(command: ResumeRebuild, unit: UnitOfWork, context: Context) -> Outcome:
    refuse_others(context)
    state = await _state_of(command.projection, unit)
    operation = Operation.resume(state, at=context.at)
    if state.wish is None:
        # A command beside the projector began it, and may have ended since: then the projector goes on with it.
        await unit.rebuilds.wish(WishKind.RESUME, [command.projection], operation)
    await unit.rebuilds.unpause(command.projection)
    return await _done(unit, operation, [command.projection], RESUMED)


async def _state_of(name: ReadModelName, unit: UnitOfWork) -> ReadModelState:
    (state,) = await unit.rebuilds.states_of([name])
    return state


async def _done(unit: UnitOfWork, operation: Operation, names: Sequence[ReadModelName], status: str) -> Outcome:
    await unit.operations.add(operation)
    shown: Mapping[str, object] = {"id": operation.id, "projections": [name.value for name in names], "status": status}
    # How far it is says the query API, as the projector publishes it.
    return await unit.commit(Outcome(202, shown))


HANDLERS: Handlers = {
    RequestRebuild: request_rebuild,
    RollBackRebuild: roll_back_rebuild,
    PauseRebuild: pause_rebuild,
    ResumeRebuild: resume_rebuild,
}
