"""However a server or the way to it is lost, callers are told that Postgres is away, and the relay goes on later."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from projector import postgres_errors
from runtime.errors import StoreUnavailable
from write_api.persistence.failures import translated
from write_api.persistence.hosts import NoPrimary

LOST = [
    NoPrimary("127.0.0.1:1: a standby"),
    asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
    asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
    asyncpg.AdminShutdownError("terminating connection due to unexpected postmaster exit"),
    asyncpg.IdleInTransactionSessionTimeoutError("terminating connection due to idle-in-transaction timeout"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncio.TimeoutError(),
]


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_server_that_is_lost_is_a_store_that_is_away(error: Exception) -> None:
    with pytest.raises(StoreUnavailable, match="postgres"):
        with translated():
            raise error
    assert isinstance(error, postgres_errors.LOST)
    assert isinstance(error, postgres_errors.ANY)
