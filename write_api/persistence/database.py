from __future__ import annotations

from typing import Any

import asyncpg
import orjson

from runtime.store_metrics import PoolUse
from write_api.persistence.failures import translated
from write_api.persistence.hosts import Hosts
from write_api.persistence.json import dump_json

# jsonb's binary format starts with its version.
_JSONB_VERSION = b"\x01"


async def create_pool(
    database_url: str,
    *,
    application_name: str,
    min_size: int = 1,
    max_size: int = 10,
    statement_timeout_ms: int = 15_000,
    connect_timeout_s: float = 5.0,
) -> asyncpg.Pool[asyncpg.Record]:
    """The address may name several hosts, of which the primary is asked."""
    with translated():
        return await asyncpg.create_pool(
            database_url,
            connect=Hosts(database_url).connect,
            min_size=min_size,
            max_size=max_size,
            timeout=connect_timeout_s,
            init=_set_codecs,
            reset=_keep_as_is,
            server_settings={
                "application_name": application_name,
                "timezone": "UTC",
                "statement_timeout": str(statement_timeout_ms),
                "idle_in_transaction_session_timeout": str(statement_timeout_ms),
                # A client that stopped reading keeps its locks otherwise: no timeout of a statement ends its sending.
                "tcp_user_timeout": str(statement_timeout_ms),
                # The machine of an idle client may be gone. By itself Postgres finds out after two hours, and locks of
                # its session, such as that of who fills Redis, are kept until then.
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                # Statements here are short: compiling them costs more than it saves.
                "jit": "off",
            },
        )


async def _set_codecs(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.set_type_codec(
        "json", schema="pg_catalog", format="binary", encoder=dump_json, decoder=orjson.loads
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


def _encode_jsonb(value: Any) -> bytes:
    return _JSONB_VERSION + dump_json(value)


def _decode_jsonb(value: bytes) -> Any:
    return orjson.loads(value[1:])


async def _keep_as_is(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Nothing here changes a connection's settings, so the usual reset would be a round trip for nothing."""


def pool_use(pool: asyncpg.Pool[asyncpg.Record]) -> PoolUse:
    idle = pool.get_idle_size()
    # The library shows nowhere else who waits.
    waiting = sum(not waiter.done() for waiter in pool._queue._getters)  # type: ignore[attr-defined]
    return PoolUse(idle=idle, used=pool.get_size() - idle, most=pool.get_max_size(), waiting=waiting)
