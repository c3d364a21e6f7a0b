from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from domain.shared.errors import DomainError
from write_api.intake.lines import Line, LineRejected
from write_api.intake.report import Stored
from write_api.persistence.failures import TransientConflict
from write_api.persistence.unit_of_work import UnitOfWork, UnitOfWorkFactory

# One transaction: enough records to make the round trips cheap, and small enough in bytes for any of them.
BATCH_LINES = 200
BATCH_CHARACTERS = 4_000_000


class Importer(Protocol):
    noun: str

    async def store(self, unit: UnitOfWork, lines: Sequence[Line]) -> Stored:
        """Builds the aggregates of these lines and adds them to the unit, without committing it."""
        ...


async def import_lines(
    source: Iterable[Line | LineRejected],
    importer: Importer,
    unit_of_work: UnitOfWorkFactory,
    on_progress: Callable[[Stored], None] = lambda _: None,
) -> Stored:
    """Stores all lines batch by batch; a line that cannot be stored is reported and does not stop the others."""
    total = Stored()
    batch: list[Line] = []
    characters = 0
    for line in source:
        if isinstance(line, LineRejected):
            total.rejected.append(line)
            continue
        batch.append(line)
        characters += sum(len(value) for value in line.record.values() if isinstance(value, str))
        if len(batch) >= BATCH_LINES or characters >= BATCH_CHARACTERS:
            total.add(await _store_batch(batch, importer, unit_of_work))
            on_progress(total)
            batch, characters = [], 0
    total.add(await _store_batch(batch, importer, unit_of_work))
    on_progress(total)
    total.rejected.sort(key=lambda reject: reject.number)
    return total


async def _store_batch(batch: Sequence[Line], importer: Importer, unit_of_work: UnitOfWorkFactory) -> Stored:
    if not batch:
        return Stored()
    try:
        return await _store(batch, importer, unit_of_work)
    except (DomainError, TransientConflict) as refused:
        if len(batch) == 1:
            return Stored(rejected=[LineRejected(batch[0].number, str(refused))])
    # Another writer was faster with one of them, or the store refused it: only that one should stay out.
    one_by_one = Stored()
    for line in batch:
        one_by_one.add(await _store_batch([line], importer, unit_of_work))
    return one_by_one


async def _store(batch: Sequence[Line], importer: Importer, unit_of_work: UnitOfWorkFactory) -> Stored:
    async with unit_of_work() as unit:
        stored = await importer.store(unit, batch)
        await unit.commit()
    return stored
