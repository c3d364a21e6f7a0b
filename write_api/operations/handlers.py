from __future__ import annotations

from collections.abc import Sequence

from domain.operations.dead_letters import DeadLetter
from domain.operations.operation import Operation
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.operations.commands import ReplayDeadLetter, ReplayDeadLetters
from write_api.operations.refusing import refuse_others
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


async def replay_dead_letter(command: ReplayDeadLetter, unit: UnitOfWork, context: Context) -> Outcome:
    refuse_others(context)
    return await _replay([await unit.dead_letters.get(command.letter_id)], unit, context)


async def replay_dead_letters(command: ReplayDeadLetters, unit: UnitOfWork, context: Context) -> Outcome:
    refuse_others(context)
    return await _replay(await unit.dead_letters.all_of(command.projection), unit, context)


async def _replay(letters: Sequence[DeadLetter], unit: UnitOfWork, context: Context) -> Outcome:
    if letters:
        await unit.dead_letters.replay(letters)
        await unit.operations.add(Operation.replay(letters, at=context.at))
    # No version to wait for: a letter is gone when its document was projected.
    return await unit.commit(Outcome(202, {"replayed": len(letters)}))


HANDLERS: Handlers = {
    ReplayDeadLetter: replay_dead_letter,
    ReplayDeadLetters: replay_dead_letters,
}
