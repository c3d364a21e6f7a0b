"""Documents that Elasticsearch can never take: dead letters at once, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from uuid import UUID

import orjson

from tests.faults.conftest import StartFault
from tests.faults.harness import Run
from tests.faults.logs import DRIFT
from tests.faults.tickets import new_ticket, shown_subject
from tests.support.database import ROOT
from tests.support.eventually import eventually
from tests.support.served import environment_of
from write_api.persistence.outbox import shard_of

DEAD_S = 20.0
# Together more than the 12 MB that the fault stack's Elasticsearch takes in one request.
TOO_LARGE = """
INSERT INTO messages (id, ticket_id, position, author_id, visibility, body, created_at)
SELECT gen_random_uuid(), $1, position, requester_id, 'public', repeat('poison ', 37000), now()
FROM tickets, generate_series(2, 60) AS position WHERE tickets.id = $1"""
NOT_SO_LARGE = "DELETE FROM messages WHERE ticket_id = $1 AND position > 1"
# No index takes a single value of that size, and no command would write it.
WRONG_VALUE = "UPDATE tickets SET custom_fields = jsonb_build_object('k', repeat('x', 40000)) WHERE id = $1"
RIGHT_VALUE = "UPDATE tickets SET custom_fields = '{}' WHERE id = $1"
WRONG_DATE = "UPDATE tickets SET first_response_at = '200000-01-01' WHERE id = $1"
RIGHT_DATE = "UPDATE tickets SET first_response_at = NULL WHERE id = $1"
TELL = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)
VALUES ($1, 'ticket', $2, (SELECT version FROM tickets WHERE id = $2), 'Poisoned')"""


@dataclass(frozen=True)
class Poison:
    sql: str
    cure: str
    reason: str


POISONS = (
    Poison(TOO_LARGE, NOT_SO_LARGE, "in one request"),
    Poison(WRONG_VALUE, RIGHT_VALUE, "mapper_parsing_exception"),
    Poison(WRONG_DATE, RIGHT_DATE, "mapper_parsing_exception"),
)


async def test_poison(fault: StartFault) -> None:
    async with fault("poison documents") as run:
        # Changed behind everybody's back.
        run.foreseen = (DRIFT,)
        poisoned = {await new_ticket(run): poison for poison in POISONS}
        async with run.arena.postgres() as connection:
            for ticket_id, poison in poisoned.items():
                await connection.execute(poison.sql, ticket_id)
                await connection.execute(TELL, shard_of(ticket_id), ticket_id)
            await eventually(lambda: are_dead(run, poisoned), DEAD_S, interval_s=0.1)
            waiting = "SELECT count(*) FROM outbox WHERE aggregate_id = ANY ($1)"
            assert await connection.fetchval(waiting, list(poisoned)) == 0
            neighbour = await new_ticket(run, shard=shard_of(next(iter(poisoned))))
            assert await shown_subject(run, neighbour)
            code, letters = await projector_command(run, "dead", "list", "--json")
            assert code == 1
            assert {letter["document_id"] for letter in orjson.loads(letters)} == set(map(str, poisoned))

            for ticket_id, poison in poisoned.items():
                await connection.execute(poison.cure, ticket_id)
            code, said = await projector_command(run, "dead", "replay", "--all")
            assert code == 0, said
            await eventually(lambda: is_cured(run), DEAD_S, interval_s=0.1)
            code, said = await projector_command(run, "dead", "list")
            assert code == 0, said


async def are_dead(run: Run, poisoned: dict[UUID, Poison]) -> bool:
    async with run.arena.postgres() as connection:
        rows = await connection.fetch("SELECT aggregate_id, document_id, reason FROM outbox_dead")
    reasons = {row["document_id"]: row["reason"] for row in rows}
    assert reasons.keys() == set(map(str, poisoned)), reasons
    return all(poison.reason in reasons[str(ticket_id)] for ticket_id, poison in poisoned.items())


async def is_cured(run: Run) -> bool:
    async with run.arena.postgres() as connection:
        return not await connection.fetchval("SELECT count(*) FROM outbox_dead")


async def projector_command(run: Run, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "projector",
        *arguments,
        cwd=ROOT,
        env=environment_of(run.arena.settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()
