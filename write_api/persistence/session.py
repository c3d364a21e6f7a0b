from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import asyncpg

from domain.shared.aggregate import Aggregate
from domain.shared.errors import DomainError
from runtime.access import AccessRecord
from write_api.persistence import outbox
from write_api.persistence.ahead import Ahead, Row, beside_of, side_by_side
from write_api.persistence.outbox import SYSTEM, Origin, Part
from write_api.persistence.sql import Fragment
from write_api.persistence.sql import Row as SavedRow
from write_api.persistence.sql import RowsStatement, RowStatement
from write_api.persistence.write_plan import WritePlan


class Session:
    """One connection for one unit of work: reads at once, collects writes until the unit commits.

    The transaction begins with the first statement that has to hold a lock. Reads before it need none under READ
    COMMITTED, and the plan is one statement, which is a transaction by itself: round trips saved.
    """

    def __init__(
        self,
        connection: asyncpg.pool.PoolConnectionProxy[asyncpg.Record],
        origin: Origin = SYSTEM,
        *,
        optimistic: bool = False,
    ) -> None:
        self.connection = connection
        self.origin = origin
        self._optimistic = optimistic
        self._read_ahead: dict[Ahead, Row | None] = {}
        self.plan = WritePlan()
        # Constraint name -> the domain's own refusal, where it says more than "already taken".
        self.refusals: dict[str, Callable[[], DomainError]] = {}
        self._transaction: asyncpg.transaction.Transaction | None = None
        # What people may do from the commit on.
        self.access: list[AccessRecord] = []

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        return await self.connection.fetch(sql, *arguments)

    async def fetch_row(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        return await self.connection.fetchrow(sql, *arguments)

    async def fetch_with(self, ahead: Ahead | None, sql: str, *arguments: Any) -> Row | None:
        """One row, and in the same round trip what `fetch_once` will be asked for."""
        if ahead is None:
            return await self.connection.fetchrow(sql, *arguments)
        both = side_by_side(sql, len(arguments), ahead.sql)
        row: Row | None = await self.connection.fetchrow(both, *arguments, *ahead.arguments)
        if row is not None:
            self._read_ahead[ahead] = beside_of(row)
        return row

    async def fetch_once(self, sql: str, *arguments: Any) -> Row | None:
        """As `fetch_row`, but takes what was read ahead."""
        ahead = Ahead(sql, arguments)
        if ahead in self._read_ahead:
            return self._read_ahead.pop(ahead)
        return await self.connection.fetchrow(sql, *arguments)

    async def fetch_locked(self, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """For statements whose lock must hold until the commit (`FOR NO KEY UPDATE`, advisory locks)."""
        await self.begin()
        return await self.connection.fetchrow(sql, *arguments)

    async def fetch_to_change(self, sql: str, *arguments: Any) -> Row | None:
        """The one row of an aggregate that a versioned update follows. The first attempt counts on being alone: if it
        is not, the version tells, and the next attempt waits for the row's lock."""
        if self._optimistic:
            return await self.fetch_once(sql, *arguments)
        return await self.fetch_locked(f"{sql} FOR NO KEY UPDATE", *arguments)

    async def fetch_all_to_change(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """As `fetch_to_change`, of several; `sql` has an order, so that no two wait for each other."""
        if self._optimistic:
            return await self.connection.fetch(sql, *arguments)
        await self.begin()
        return await self.connection.fetch(f"{sql} FOR NO KEY UPDATE", *arguments)

    def added(self, aggregate: Aggregate, insert: RowsStatement, row: SavedRow, parts: Iterable[Part] = ()) -> None:
        """Plans the row of a new aggregate with its events. The row holds version 1."""
        self.plan.saves_once(aggregate.id)
        self.plan.insert(insert, row)
        self._record(aggregate, parts)

    def changed(self, aggregate: Aggregate, update: RowStatement, row: SavedRow, parts: Iterable[Part] = ()) -> None:
        """Plans `update_versioned` with its events. The row holds the version after this one."""
        self.plan.saves_once(aggregate.id)
        self.plan.execute(update.fragment, *update.arguments(row), aggregate.id, aggregate.version)
        self._record(aggregate, parts)

    def changed_together(self, aggregate: Aggregate, update: RowsStatement, row: SavedRow) -> None:
        """Like `changed`, but all rows of this `update_rows` go in one step. The caller has locked them."""
        self.plan.saves_once(aggregate.id)
        self.plan.insert(update, row)
        self._record(aggregate, ())

    def removed(self, aggregate: Aggregate, delete: Fragment) -> None:
        self.plan.saves_once(aggregate.id)
        self.plan.execute(delete, aggregate.id, aggregate.version)
        self._record(aggregate, ())

    def happened(self, aggregate: Aggregate) -> None:
        """Plans the events of what has no row of its own."""
        self.plan.saves_once(aggregate.id)
        self._record(aggregate, ())

    def _record(self, aggregate: Aggregate, parts: Iterable[Part]) -> None:
        outbox.append(self.plan, aggregate, self.origin, parts)
        aggregate.saved()

    async def begin(self) -> None:
        if self._transaction is None:
            transaction = self.connection.transaction()
            await transaction.start()
            self._transaction = transaction

    async def end(self, *, commit: bool) -> None:
        transaction, self._transaction = self._transaction, None
        if transaction is not None:
            await (transaction.commit() if commit else transaction.rollback())
