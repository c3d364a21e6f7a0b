"""Fills an empty, migrated database with tickets, their messages and the people they are about.

Rows come without events and outbox rows: what reads them is a rebuild. Foreign keys hold by construction and are not
looked at, which is half of the time.
"""

from __future__ import annotations

from collections.abc import Callable

import asyncpg

from benchmarks.data import statements
from benchmarks.data.words import vocabulary

STEP_TICKETS = 50_000
MOST_CUSTOMERS = 50_000
MOST_PIECES = 16_384
# For data that is too small to be measured, and shall be there at once.
FEW_PIECES = 256
FEWEST_FOR_ALL_PIECES = 5_000


def customers(tickets: int) -> int:
    return max(100, min(MOST_CUSTOMERS, tickets // 10))


def organizations(tickets: int) -> int:
    return max(20, min(1_000, tickets // 100))


async def load(database_url: str, tickets: int, on_progress: Callable[[int], None] = lambda done: None) -> None:
    connection = await asyncpg.connect(
        database_url, server_settings={"session_replication_role": "replica", "jit": "off", "synchronous_commit": "off"}
    )
    pieces = MOST_PIECES if tickets >= FEWEST_FOR_ALL_PIECES else FEW_PIECES
    try:
        await connection.execute(statements.FUNCTIONS)
        await connection.execute("CREATE UNLOGGED TABLE bench_words (rank int PRIMARY KEY, word text NOT NULL)")
        await connection.copy_records_to_table("bench_words", records=list(enumerate(vocabulary(), start=1)))
        for statement in statements.texts(pieces):
            await connection.execute(statement)
        await connection.execute(statements.ORGANIZATIONS, organizations(tickets))
        for statement in (statements.TEAMS, statements.STAFF, statements.MEMBERSHIPS, statements.SESSIONS):
            await connection.execute(statement)
        await connection.execute(statements.CUSTOMERS, customers(tickets), organizations(tickets))
        for first in range(1, tickets + 1, STEP_TICKETS):
            last = min(first + STEP_TICKETS - 1, tickets)
            span = (first, last, tickets, customers(tickets))
            await connection.execute(statements.TICKETS, *span, organizations(tickets), pieces)
            await connection.execute(statements.MESSAGES, *span, pieces)
            on_progress(last)
        for statement in statements.AFTER:
            await connection.execute(statement)
    finally:
        await connection.close()
