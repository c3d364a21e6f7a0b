"""What Postgres looks like at the moment a fault has failed, for whoever reads the logs afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg

from tests.faults.arena import Arena

QUESTIONS = {
    "sessions": r"""
        SELECT pid, application_name, state, wait_event_type, wait_event, now() - xact_start AS in_transaction,
            now() - state_change AS for_so_long, left(regexp_replace(query, '\s+', ' ', 'g'), 120) AS query
        FROM pg_stat_activity WHERE datname = current_database() ORDER BY xact_start""",
    "locks of shards": """
        SELECT objid AS shard, pid, mode, granted FROM pg_locks WHERE locktype = 'advisory' ORDER BY objid, granted""",
    "outbox": """
        SELECT lane, shard, count(*), min(created_at) AS oldest, max(attempts) AS attempts
        FROM outbox GROUP BY lane, shard ORDER BY oldest""",
    "handed to Kafka": """
        SELECT lane, shard, record_partition, count(*), min(record_offset) AS first_offset, min(published_at) AS oldest
        FROM outbox_published GROUP BY lane, shard, record_partition ORDER BY oldest""",
}


async def evidence(arena: Arena) -> str:
    """One paragraph for each question; why there is none where Postgres is away."""
    lines: list[str] = []
    try:
        async with arena.postgres() as connection:
            for title, question in QUESTIONS.items():
                lines += [f"{title}:", *_shown(await connection.fetch(question)), ""]
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        lines.append(f"Postgres does not say: {error!r}")
    return "\n".join(lines)


def _shown(rows: list[asyncpg.Record]) -> Iterator[str]:
    for row in rows:
        yield "  " + ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)
