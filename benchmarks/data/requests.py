"""What callers send and ask: bodies of commands, searches."""

from __future__ import annotations

import random

import orjson

from benchmarks.data.statements import GROUPS
from benchmarks.data.words import VOCABULARY, vocabulary
from benchmarks.harness.world import made_id


def texts(count: int, words: int, seed: int = 1) -> list[str]:
    """Words as frequent as in the tickets."""
    draw, known = random.Random(seed), vocabulary()
    return [" ".join(known[int(VOCABULARY ** draw.random()) - 1] for _ in range(words)) for _ in range(count)]


def ticket_bodies(count: int, customers: int, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    subjects, bodies = texts(count, 7, seed), texts(count, 67, seed + 1)
    return [
        orjson.dumps(
            {
                "subject": subject,
                "body": body,
                "requester_id": str(made_id("customer", draw.randrange(customers))),
                "group_id": str(made_id("group", draw.randrange(GROUPS))),
                "priority": draw.choice(("low", "normal", "high")),
                "tags": ["printer", "floor-3"],
            }
        ).decode()
        for subject, body in zip(subjects, bodies)
    ]
