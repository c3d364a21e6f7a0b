"""Documents that could not be projected, as the projector published them."""

from __future__ import annotations

from typing import Any

from read_api.context import ADMIN
from read_api.reading import Reading
from read_api.times import utc
from runtime.problems import ProblemError

TIMES = ("first_failed_at", "failed_at")


async def dead_letters(reading: Reading, projection: str | None) -> dict[str, Any]:
    if reading.caller.role != ADMIN:
        raise ProblemError(403, "dead_letters.forbidden", "Only admins read dead letters. Ask one.")
    published = await reading.services.lookup.dead_letters()
    if published is None:
        # Not an empty list: nobody knows.
        raise ProblemError(
            503,
            "dead_letters.unknown",
            "No projector has said which documents are dead. Look whether one runs, and ask again in a few seconds.",
            headers={"Retry-After": "5"},
        )
    letters = [letter for letter in published["letters"] if projection in (None, letter["projection"])]
    return {
        "items": [{**letter, **{name: utc(letter[name]) for name in TIMES}} for letter in letters],
        "next": None,
        "prev": None,
        "total": published["total"],
        "complete": len(published["letters"]) == published["total"],
        "published_at": utc(published["published_at"]),
    }
