"""Sessions that stand still between preparing a statement and running it, where no timeout of Postgres counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from projector.bootstrap import Projector
from projector.locks import lock_shards
from projector.stalled_sessions import end_stalled
from tests.integration.projector.office import Office, found
from tests.integration.projector.test_process import process
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from write_api.persistence.outbox import SHARDS

AT_ONCE = timedelta()
# As often as the process looks, and what it waits before: with room for a busy machine.
ENDED_WITHIN_S = 40.0


@pytest.fixture(autouse=True)
async def signed_in_as_the_processes_are(fresh_projector: Projector) -> None:
    if not await fresh_projector.pool.fetchval("SELECT session_user = current_user"):
        pytest.skip("the processes' role cannot sign in to the Postgres of this run, so it has no sessions to end")


@asynccontextmanager
async def session(projector: Projector) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """With a transaction under way, and left as it is."""
    connection = await asyncpg.connect(
        projector.settings.database_url, server_settings={"idle_in_transaction_session_timeout": "0"}
    )
    try:
        await connection.execute("BEGIN")
        yield connection
    finally:
        connection.terminate()


async def stall(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """As a process that goes to sleep before it has told Postgres to run what it has prepared."""
    await connection.prepare("SELECT count(*) FROM tickets")


async def is_known(projector: Projector, connection: asyncpg.Connection[asyncpg.Record]) -> bool:
    pid = connection.get_server_pid()
    return bool(await projector.pool.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid))


async def test_postgres_itself_does_not_end_it(fresh_projector: Projector) -> None:
    """Otherwise all of this is not needed any more."""
    async with session(fresh_projector) as asleep:
        await asleep.execute("SET idle_in_transaction_session_timeout = '100ms'")
        await asleep.execute("SET statement_timeout = '100ms'")
        await stall(asleep)

        async def has_stood_still() -> bool:
            waited = "SELECT clock_timestamp() - state_change FROM pg_stat_activity WHERE pid = $1"
            return bool(await fresh_projector.pool.fetchval(waited, asleep.get_server_pid()) > timedelta(seconds=1))

        await eventually(has_stood_still)
        assert await is_known(fresh_projector, asleep)


async def test_it_is_ended_once_it_has_stood_still_for_so_long(fresh_projector: Projector) -> None:
    async with session(fresh_projector) as asleep:
        assert len(await lock_shards(asleep, list(range(SHARDS)))) == SHARDS
        await stall(asleep)
        assert await end_stalled(fresh_projector.pool, timedelta(minutes=1)) == 0
        assert await is_known(fresh_projector, asleep)
        assert await end_stalled(fresh_projector.pool, AT_ONCE) == 1
        await eventually(lambda: are_free(fresh_projector))
        with pytest.raises((asyncpg.AdminShutdownError, asyncpg.InterfaceError, asyncpg.ConnectionDoesNotExistError)):
            await asleep.fetchval("SELECT 1")


async def are_free(projector: Projector) -> bool:
    async with projector.pool.acquire() as connection, connection.transaction():
        return len(await lock_shards(connection, list(range(SHARDS)))) == SHARDS


async def test_others_are_left_alone(fresh_projector: Projector) -> None:
    """Whoever is between two statements, waits for a lock, sends rows, or is another user of the server."""
    async with (
        session(fresh_projector) as idle,
        session(fresh_projector) as waiting,
        session(fresh_projector) as copying,
    ):
        await idle.execute("SELECT pg_advisory_xact_lock(1, 1)")
        queueing = asyncio.ensure_future(waiting.execute("SELECT pg_advisory_xact_lock(1, 1)"))
        await copying.execute("CREATE TEMPORARY TABLE numbers (number int)")
        asked, more = asyncio.Event(), asyncio.Event()

        async def rows() -> AsyncIterator[bytes]:
            asked.set()
            await more.wait()
            yield b"7\n"

        sending = asyncio.ensure_future(copying.copy_to_table("numbers", source=rows()))
        await asked.wait()

        async def all_wait() -> bool:
            states = await fresh_projector.pool.fetch(
                "SELECT state, wait_event FROM pg_stat_activity WHERE pid = ANY ($1::int[])",
                [one.get_server_pid() for one in (idle, waiting, copying)],
            )
            return sorted(map(tuple, states)) == [
                ("active", "ClientRead"),
                ("active", "advisory"),
                ("idle in transaction", "ClientRead"),
            ]

        await eventually(all_wait)
        assert await end_stalled(fresh_projector.pool, AT_ONCE) == 0
        more.set()
        assert await sending == "COPY 1"
        await idle.execute("COMMIT")
        assert await queueing == "SELECT 1"


async def test_a_running_projector_ends_it(fresh_projector: Projector, office: Office) -> None:
    """Another one that sleeps in the middle of a batch holds nobody up for long."""
    agent = await office.hire()
    settings = fresh_projector.settings.copy(update={"projector_port": free_port_base()})
    async with session(fresh_projector) as asleep:
        assert len(await lock_shards(asleep, list(range(SHARDS)))) == SHARDS
        await stall(asleep)
        ticket = await office.open_ticket(agent.id)
        async with process(settings):

            async def is_found() -> bool:
                return str(ticket.id) in await found(fresh_projector, "tickets", {"match_all": {}})

            await eventually(is_found, timeout_s=ENDED_WITHIN_S)
