"""Several projectors on the same shards, and one of them that stands still in the middle of a batch."""

from __future__ import annotations

import asyncio
import socket
import struct
from urllib.parse import urlsplit

from projector.bootstrap import STATEMENT_TIMEOUT_MS, Projector, open_projector
from projector.locks import lock_shards
from tests.integration.projector.office import Office, differences, found, pending
from tests.support.eventually import eventually
from tests.support.relaying import relaying
from write_api.persistence.outbox import SHARDS

TICKETS = 150
_MANY = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)
SELECT get_byte(uuid_send(id), 15) & 15, 'ticket', id, version, 'Again' FROM tickets"""


def done_by(projector: Projector) -> float:
    done: float = (
        projector.metrics.registry.get_sample_value("tidedesk_projector_rows_total", {"result": "done"}) or 0.0
    )
    return done


async def test_two_projectors_share_a_backlog(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    for _ in range(TICKETS):
        await office.open_ticket(agent.id)
    small = fresh_projector.settings.copy(update={"projector_batch_rows": 16})
    async with open_projector(small) as first, open_projector(small) as second:
        waiting = await pending(first)
        async with relaying(first), relaying(second):

            async def is_drained() -> bool:
                return await pending(first) == 0

            await eventually(is_drained, timeout_s=60.0)
        # Each row by one of them, and nobody only watched.
        assert done_by(first) + done_by(second) == waiting
        assert min(done_by(first), done_by(second)) > 0
    assert await differences(fresh_projector) == []


async def test_a_projector_that_stands_still_keeps_its_shards_only_until_its_session_is_ended(
    fresh_projector: Projector, office: Office
) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    async with fresh_projector.pool.acquire() as zombie:
        allowed = await zombie.fetchval("SELECT setting FROM pg_settings WHERE name = $1", _IDLE_TIMEOUT)
        assert int(allowed) == STATEMENT_TIMEOUT_MS
        await zombie.execute(f"SET {_IDLE_TIMEOUT} = '1s'")
        await zombie.execute("BEGIN")
        assert len(await lock_shards(zombie, list(range(SHARDS)))) == SHARDS
        async with open_projector(fresh_projector.settings) as other, relaying(other):

            async def is_found() -> bool:
                return str(ticket.id) in await found(other, "tickets", {"match_all": {}})

            await eventually(is_found, timeout_s=30.0)
    assert await differences(fresh_projector) == []


async def test_a_projector_that_stops_reading_its_answer_is_ended_too(fresh_projector: Projector) -> None:
    """Postgres waits for it inside a statement, where neither of its own timeouts counts."""
    async with fresh_projector.pool.acquire() as connection:
        assert int(await connection.fetchval("SHOW tcp_user_timeout")) == STATEMENT_TIMEOUT_MS
        # The same for one that has nothing to read, and whose machine is gone: by itself two hours.
        assert int(await connection.fetchval("SHOW tcp_keepalives_idle")) <= STATEMENT_TIMEOUT_MS / 1000
    stuck, pid = await asyncio.to_thread(ask_and_never_read, fresh_projector.settings.database_url)

    async def is_ended() -> bool:
        known = await fresh_projector.pool.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid)
        return bool(known == 0)

    with stuck:
        await eventually(is_ended, timeout_s=30.0)


def ask_and_never_read(database_url: str) -> tuple[socket.socket, int]:
    """A connection as a stopped process leaves it, by Postgres's own protocol; and the id of its backend."""
    url = urlsplit(database_url)
    connection = socket.create_connection((url.hostname, url.port or 5432))
    parameters = {"user": url.username or "", "database": url.path.strip("/"), "tcp_user_timeout": "1000"}
    startup = b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items())
    connection.sendall(struct.pack("!ii", len(startup) + 9, 3 << 16) + startup + b"\0")
    answer = b""
    while not answer.endswith(b"Z\0\0\0\5I"):
        answer += connection.recv(4096)
    (pid,) = struct.unpack_from("!i", answer, answer.index(b"K\0\0\0\x0c") + 5)
    query = b"SELECT repeat('x', 1000000) FROM generate_series(1, 500)\0"
    connection.sendall(b"Q" + struct.pack("!i", len(query) + 4) + query)
    return connection, pid


_IDLE_TIMEOUT = "idle_in_transaction_session_timeout"
