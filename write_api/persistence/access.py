"""Tells the query API, which never asks Postgres, at once what people may do from a commit on."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias
from uuid import UUID

import asyncpg
import structlog
from redis.exceptions import RedisError

from domain.identity.organization import Organization
from domain.identity.user import User
from runtime.access import FACTS, PUT_RECORDS, SEAL, AccessKeys, AccessRecord, access_record, put_calls
from runtime.errors import StoreUnavailable
from runtime.redis_line import RedisLine
from write_api.persistence.failures import TransientConflict, translated

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
CHECK_INTERVAL_S = 0.25
ROWS_PER_STATEMENT = 1_000
# Longer than bringing the records of any desk takes.
_MARKS_TTL_S = 600
_SELECT = {
    "user": """
SELECT id, version, role, ticket_access, organization_id, active, locale,
    ARRAY(SELECT group_id FROM user_groups WHERE user_id = users.id ORDER BY group_id) AS group_ids
FROM users WHERE id > $1 ORDER BY id LIMIT $2""",
    "organization": "SELECT id, version, shares_tickets FROM organizations WHERE id > $1 ORDER BY id LIMIT $2",
}

log = structlog.get_logger(__name__)


class AccessRecords:
    def __init__(self, line: RedisLine, namespace: str) -> None:
        self._line = line
        self._keys = AccessKeys(namespace)
        self._put = line.script(PUT_RECORDS)
        self._seal = line.script(SEAL)
        # Something was committed that could not be said.
        self._owing = False

    async def announce(self, records: Sequence[AccessRecord]) -> None:
        """After the commit, before it is answered. What cannot be said now, `keep` says when Redis is back."""
        try:
            await self._bring(records)
        except (RedisError, OSError) as error:
            self._owing = True
            log.warning("access_not_announced", count=len(records), reason=str(error))
            # A Redis that is full still deletes: rather nobody is let in than who lost the right.
            with suppress(RedisError, OSError):
                await self._break_seal()

    async def keep(self, pool: Pool) -> None:
        """Until cancelled: looks whether Redis has all records, and brings them where it may not have."""
        while True:
            owing, self._owing = self._owing, False
            try:
                if owing:
                    await self._break_seal()
                await self.look(pool)
            except (RedisError, OSError, StoreUnavailable, TransientConflict) as error:
                self._owing |= owing
                log.warning("access_records_not_brought", reason=str(error))
            except Exception:
                # Such as a column that the migration has yet to bring: it is looked at again.
                self._owing |= owing
                log.exception("access_records_failed")
            await asyncio.sleep(CHECK_INTERVAL_S)

    async def look(self, pool: Pool) -> None:
        """Brings all records where Redis may not have them."""
        if not await self.is_sealed():
            await self._bring_all(pool)

    async def is_sealed(self) -> bool:
        return bool(await self._line.ask("GET", self._keys.seal) == self._line.run_id)

    async def _break_seal(self) -> None:
        """With the marks, so that nobody seals what was read before."""
        await self._line.ask("DEL", self._keys.seal, self._keys.bringing)

    async def _bring_all(self, pool: Pool) -> None:
        mark = secrets.token_hex(8)
        await self._line.ask("HSET", self._keys.bringing, mark, 1)
        await self._line.ask("EXPIRE", self._keys.bringing, _MARKS_TTL_S)
        # Before anything is read: if another run takes over meanwhile, it is not the one that is sealed.
        run_id = self._line.run_id
        for kind in FACTS:
            last_id = UUID(int=0)
            while rows := await _fetch(pool, kind, last_id):
                await self._bring([access_record(kind, row["id"], dict(row)) for row in rows])
                last_id = rows[-1]["id"]
        if await self._line.run(self._seal, (self._keys.bringing, self._keys.seal), mark, run_id):
            log.info("access_records_brought")

    async def _bring(self, records: Sequence[AccessRecord]) -> None:
        for kind, arguments in put_calls(records):
            await self._line.run(self._put, (self._keys.records(kind),), *arguments)


def record_of(aggregate: User | Organization) -> AccessRecord:
    return access_record(aggregate.aggregate_type, aggregate.id, vars(aggregate))


async def _fetch(pool: Pool, kind: str, after: UUID) -> list[asyncpg.Record]:
    with translated():
        return await pool.fetch(_SELECT[kind], after, ROWS_PER_STATEMENT)
