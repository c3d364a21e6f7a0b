from __future__ import annotations

import asyncio

import asyncpg

# The data of a row is to blame: the same statement for other rows works.
UNREADABLE = (
    asyncpg.DataError,
    asyncpg.ProgramLimitExceededError,
    asyncpg.QueryCanceledError,
    asyncpg.OutOfMemoryError,
)

# The connection, the transaction or the server is gone: the same statement works later.
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    # A standby behind an address that was the primary's.
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    # What the server said while it ended, on a connection that nobody used then: its next user stumbles over it.
    asyncpg.InternalClientError,
    asyncio.TimeoutError,
    OSError,
)

# For loops that must go on whatever Postgres says.
ANY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncio.TimeoutError, OSError)
