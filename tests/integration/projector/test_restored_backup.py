"""Postgres restored from an older backup, while Elasticsearch and Redis hold what came after it."""

from __future__ import annotations

from uuid import UUID

from projector.bootstrap import Projector
from projector.relay.claim import LIVE_LANE
from projector.targets import are_whole
from projector.verify.patrol import Patrol
from projector.verify.versions import MARGIN, ahead_in_elasticsearch, drawn_version
from runtime.access import AccessKeys
from runtime.credential_keys import CredentialKeys
from tests.integration.projector.office import Office, differences, found, pending
from tests.integration.projector.test_commands import answer, projector_command
from tests.integration.projector.test_process import process
from tests.support.eventually import eventually
from tests.support.relaying import relaying
from write_api.persistence.outbox import SHARDS
from write_api.persistence.unit_of_work import Pool

# Where things are is not in the backup's rows: the same stores serve before and after.
STAY = ("alembic_version", "projection_targets")


class Backup:
    """Of all rows and of the sequence of versions."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._columns: dict[str, str] = {}
        self._version = 0

    async def take(self) -> None:
        await self._pool.execute("CREATE SCHEMA backup")
        rows = await self._pool.fetch(
            "SELECT table_name, string_agg(quote_ident(column_name), ', ') AS columns FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER' GROUP BY 1"
        )
        self._columns = {row["table_name"]: row["columns"] for row in rows if row["table_name"] not in STAY}
        for table in self._columns:
            await self._pool.execute(f"CREATE TABLE backup.{table} AS TABLE public.{table}")
        self._version = await drawn_version(self._pool)

    async def restore(self) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            # Without foreign keys and triggers, as pg_restore puts rows back.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(f"TRUNCATE {', '.join(f'public.{table}' for table in self._columns)}")
            for table, columns in self._columns.items():
                await connection.execute(
                    f"INSERT INTO public.{table} ({columns}) OVERRIDING SYSTEM VALUE"
                    f" SELECT {columns} FROM backup.{table}"
                )
            await connection.execute("SELECT setval('projection_version', $1)", self._version)


async def restore_after_changes(projector: Projector, office: Office) -> tuple[str, str]:
    """Ids of a ticket that is older again, and of one that never was."""
    agent = await office.hire()
    older = await office.open_ticket(agent.id)
    await projector.drain_all()
    backup = Backup(office.pool)
    await backup.take()
    for number in range(3):
        await office.retitle(older.id, f"Title {number}")
        await projector.drain_all()
    never = await office.open_ticket(agent.id)
    await office.publish(agent.id)
    await office.rename(agent.id, "Ada New")
    await projector.drain_all()
    await backup.restore()
    return str(older.id), str(never.id)


async def is_well(projector: Projector) -> bool:
    return await pending(projector) == 0 and await differences(projector) == []


async def test_status_says_so_and_what_to_do(fresh_projector: Projector, office: Office) -> None:
    older, _ = await restore_after_changes(fresh_projector, office)
    code, status = await answer(fresh_projector, "status")
    assert code == 1
    (problem,) = [problem for problem in status["problems"] if "restored from an older backup" in problem]
    assert "projector repair-versions" in problem and "projector verify --repair" in problem

    redis, namespace = fresh_projector.redis.redis, fresh_projector.namespace
    seals = (AccessKeys(namespace).seal, CredentialKeys(namespace).vouched_for)
    await redis.mset({seal: "the run of the server" for seal in seals})
    code, output, errors = await projector_command(fresh_projector, "repair-versions")
    assert (code, errors) == (0, "") and "Raised" in output
    # Who may do what, and who is signed in, is compared anew with what Postgres says now.
    assert await redis.exists(*seals) == 0
    assert await ahead_in_elasticsearch(fresh_projector.pool, fresh_projector.elasticsearch) is None
    code, verified = await answer(fresh_projector, "verify", "--repair")
    assert (code, verified["remaining"]) == (1, [])
    code, status = await answer(fresh_projector, "status")
    assert not [problem for problem in status["problems"] if "ahead" in problem]
    # A projector that runs sees that a version was drawn, and refreshes.
    await fresh_projector.ticker().publish()
    assert await found(fresh_projector, "tickets", {"match_all": {}}) == [older]
    assert "No store is ahead" in (await projector_command(fresh_projector, "repair-versions"))[1]
    assert await is_well(fresh_projector)


async def test_a_projector_that_starts_puts_it_right(fresh_projector: Projector, office: Office) -> None:
    older, never = await restore_after_changes(fresh_projector, office)
    # Without its sequence raised this would be a conflict with what is there, and lost.
    await office.retitle(UUID(older), "After the restore")
    async with process(fresh_projector.settings):

        async def shows_what_postgres_holds() -> bool:
            return await found(fresh_projector, "tickets", {"match": {"subject": "restore"}}) == [older] and (
                never not in await found(fresh_projector, "tickets", {"match_all": {}})
            )

        await eventually(shows_what_postgres_holds, timeout_s=60.0)
        await eventually(lambda: is_well(fresh_projector), timeout_s=60.0)


async def test_a_projector_that_runs_puts_it_right(fresh_projector: Projector, office: Office) -> None:
    """What it projected between the restore and its next look was lost, and comes back."""
    patrol = Patrol(fresh_projector, budget_s=60.0)
    assert await patrol.look() == []
    older, _ = await restore_after_changes(fresh_projector, office)
    await office.retitle(UUID(older), "After the restore")
    await fresh_projector.drain_all()
    async with relaying(fresh_projector):
        drift = await patrol.look()
    assert older in {difference.document_id for difference in drift}
    assert await found(fresh_projector, "tickets", {"match": {"subject": "restore"}}) == [older]
    assert await is_well(fresh_projector)
    metric = "tidedesk_projector_versions_raised_total"
    assert fresh_projector.metrics.registry.get_sample_value(metric) == 1


async def test_redis_alone_knows_it_where_the_indices_are_new(fresh_projector: Projector, office: Office) -> None:
    """Guards in Redis refuse lower versions, too."""
    await restore_after_changes(fresh_projector, office)
    indices = await fresh_projector.elasticsearch.call("GET", f"/{fresh_projector.namespace}-*/_settings")
    await fresh_projector.elasticsearch.call("DELETE", f"/{','.join(indices)}")
    async with process(fresh_projector.settings):
        await eventually(lambda: has_all_indices(fresh_projector), timeout_s=60.0)
        await eventually(lambda: is_well(fresh_projector), timeout_s=60.0)


async def has_all_indices(projector: Projector) -> bool:
    return await are_whole(projector.pool, projector.elasticsearch, projector.namespace)


async def test_a_relay_that_goes_on_after_a_failover_loses_nothing(fresh_projector: Projector, office: Office) -> None:
    """Its first batch is above what it wrote before, without waiting for any look."""
    drain = fresh_projector.drain()

    async def project() -> None:
        async with fresh_projector.pool.acquire() as connection:
            assert (await drain.batch(connection, list(range(SHARDS)), LIVE_LANE, 1_000)).done

    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await project()
    backup = Backup(office.pool)
    await backup.take()
    for number in range(3):
        await office.retitle(ticket.id, f"Lost {number}")
        await project()
    await backup.restore()
    before = await drawn_version(office.pool)
    await office.retitle(ticket.id, "After the failover")
    await project()
    await fresh_projector.elasticsearch.call("POST", f"/{fresh_projector.namespace}-tickets/_refresh")
    assert await found(fresh_projector, "tickets", {"match": {"subject": "failover"}}) == [str(ticket.id)]
    assert await drawn_version(office.pool) > before + MARGIN
    assert await ahead_in_elasticsearch(office.pool, fresh_projector.elasticsearch) is None
