from __future__ import annotations

from domain.shared.errors import NotFound


class DeadLetterNotFound(NotFound):
    code = "dead_letter.not_found"

    def __init__(self, letter_id: int) -> None:
        super().__init__(
            f"There is no dead letter {letter_id}. Its document was projected meanwhile, or there never was one: "
            "load the list again.",
            details={"dead_letter_id": letter_id},
        )
