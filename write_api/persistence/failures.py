"""What Postgres refuses, in the words of the domain and the runtime."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import asyncpg
from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint

from domain.shared.errors import Conflict, DomainError, ValidationFailed, json_pointer
from runtime.errors import StoreUnavailable
from write_api.persistence.idempotency import KEY_CONSTRAINT
from write_api.persistence.tables import metadata

STORE = "postgres"


class TransientConflict(Exception):
    """Two units of work collided; the same command may simply be tried again."""


class AlreadyTaken(Conflict):
    code = "conflict.already_taken"


class StillInUse(Conflict):
    code = "conflict.still_in_use"


class UnknownReference(ValidationFailed):
    code = "reference.unknown"


class ValueNotStorable(ValidationFailed):
    code = "value.not_storable"


Refusals = Mapping[str, Callable[[], DomainError]]
NO_REFUSALS: Refusals = MappingProxyType({})
_NOT_STORABLE = "A value in the request cannot be stored. Check it against the documentation."
# Its events' place in history: taken when somebody else saved the same version first.
_EVENT_CONSTRAINT = "uq_domain_events_aggregate_id_version_ordinal"
# How a statement of `sql.compose` says that a row was changed or deleted after it was loaded.
LOST_RACE = asyncpg.DivisionByZeroError
_TRANSIENT = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, LOST_RACE)
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # A standby behind an address that was the primary's.
    asyncpg.ReadOnlySQLTransactionError,
    # What the server said while it ended, on a connection that nobody used then: its next user stumbles over it.
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,
    asyncpg.QueryCanceledError,
    OSError,
    asyncio.TimeoutError,
)


def _columns_by_constraint() -> dict[str, tuple[str, ...]]:
    """Constraint or unique index -> its columns. The naming convention gives Postgres and us the same names."""
    named: dict[str, tuple[str, ...]] = {}
    for table in metadata.tables.values():
        for constraint in table.constraints:
            if isinstance(constraint, (UniqueConstraint, ForeignKeyConstraint)):
                named[str(constraint.name)] = tuple(column.name for column in constraint.columns)
        named.update(_unique_indexes(table))
    return named


def _unique_indexes(table: Table) -> dict[str, tuple[str, ...]]:
    return {str(index.name): tuple(column.name for column in index.columns) for index in table.indexes if index.unique}


_COLUMNS = _columns_by_constraint()


@contextmanager
def translated(refusals: Refusals = NO_REFUSALS) -> Iterator[None]:
    try:
        yield
    except _TRANSIENT as error:
        raise TransientConflict(str(error)) from error
    except asyncpg.IntegrityConstraintViolationError as error:
        raise _refusal(error, refusals) from error
    except asyncpg.DataError as error:
        raise ValueNotStorable(_NOT_STORABLE) from error
    except asyncpg.InterfaceError as error:
        # The same class also means that our own code used a connection wrongly.
        if "clos" not in str(error):
            raise
        raise StoreUnavailable(STORE) from error
    except _UNAVAILABLE as error:
        raise StoreUnavailable(STORE) from error


def _refusal(error: asyncpg.IntegrityConstraintViolationError, refusals: Refusals) -> Exception:
    constraint = error.constraint_name or ""
    if constraint in refusals:
        return refusals[constraint]()
    name = _COLUMNS.get(constraint, ("",))[0]
    if isinstance(error, asyncpg.UniqueViolationError):
        if constraint == KEY_CONSTRAINT:
            return TransientConflict("the same Idempotency-Key was used meanwhile")
        if constraint == _EVENT_CONSTRAINT:
            return TransientConflict("the aggregate was saved by somebody else after it was loaded")
        return AlreadyTaken(f"Another record has this {name} already. Choose another one.", pointer=json_pointer(name))
    if isinstance(error, asyncpg.ForeignKeyViolationError):
        if "still referenced" in (error.detail or ""):
            return StillInUse(f"Other records still use this one as their {name}. Change or remove them first.")
        return unknown_reference(name)
    return ValueNotStorable(_NOT_STORABLE)


def unknown_reference(name: str) -> DomainError:
    return UnknownReference(f"'{name}' names a record that does not exist. Check the id.", pointer=json_pointer(name))
