from __future__ import annotations

from collections.abc import Sequence

from domain.operations.read_models import ReadModelName
from domain.shared.errors import NotFound, RuleViolated


class DeadLetterNotFound(NotFound):
    code = "dead_letter.not_found"

    def __init__(self, letter_id: int) -> None:
        super().__init__(
            f"There is no dead letter {letter_id}. Its document was projected meanwhile, or there never was one: "
            "load the list again.",
            details={"dead_letter_id": letter_id},
        )


class RebuildRunning(RuleViolated):
    code = "rebuild.running"

    def __init__(self, names: Sequence[ReadModelName]) -> None:
        listed = ", ".join(name.value for name in names)
        super().__init__(
            f"A rebuild or a rollback of {listed} is running or asked for already. Wait until it has ended; "
            "GET /v1/freshness says how far it is.",
            details={"projections": [name.value for name in names]},
        )


class NoRebuildRunning(RuleViolated):
    code = "rebuild.not_running"

    def __init__(self, name: ReadModelName) -> None:
        super().__init__(
            f"No rebuild of {name.value} is running or asked for, so there is nothing to pause.",
            details={"projection": name.value},
        )


class NothingToResume(RuleViolated):
    code = "rebuild.nothing_to_resume"

    def __init__(self, name: ReadModelName) -> None:
        super().__init__(
            f"No rebuild of {name.value} is paused or was interrupted. Start one with POST /v1/rebuilds.",
            details={"projection": name.value},
        )


class NoIndexKept(RuleViolated):
    code = "rebuild.no_index_kept"

    def __init__(self, name: ReadModelName) -> None:
        super().__init__(
            f"No earlier index of {name.value} is kept, so there is nothing to go back to. One is kept from a rebuild "
            "to the next, unless it was dropped; a rollback that was interrupted is resumed.",
            details={"projection": name.value},
        )
