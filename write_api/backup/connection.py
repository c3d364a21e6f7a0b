from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg

from write_api.persistence.failures import translated
from write_api.persistence.hosts import Hosts

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
# A table is copied by one statement, which may take hours.
_PATIENT = {"application_name": "tidedesk-backup", "timezone": "UTC", "statement_timeout": "0", "jit": "off"}


@asynccontextmanager
async def connected(database_url: str) -> AsyncIterator[Connection]:
    """Raises StoreUnavailable."""
    with translated():
        connection = await Hosts(database_url).connect(
            timeout=5.0, server_settings={**_PATIENT, "idle_in_transaction_session_timeout": "0"}
        )
    try:
        yield connection
    finally:
        await connection.close()
