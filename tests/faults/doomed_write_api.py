"""`python -m tests.faults.doomed_write_api --port 9000 --point sent --after 3`: the real command API, with an end.

A unit of work is done by COMMIT, or by one statement that is its own transaction. The points are just before that,
when it is on its way to Postgres and not answered, and when it is answered and the caller does not know it yet.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
import uvicorn
from asyncpg.transaction import Transaction

from tests.faults.doom import Doom, doom_arguments, doom_of

POINTS = ("before_commit", "sent", "after_commit")
WRITES_EVENTS = "INSERT INTO domain_events"
Result = TypeVar("Result")


def doomed(doom: Doom, call: Callable[..., Awaitable[Result]], is_end: Callable[..., bool]) -> Callable[..., Any]:
    async def with_points(*arguments: Any, **named: Any) -> Result:
        if not is_end(*arguments):
            return await call(*arguments, **named)
        doom.at("before_commit")
        under_way = asyncio.ensure_future(call(*arguments, **named))
        await asyncio.sleep(0)
        doom.at("sent")
        result = await under_way
        doom.at("after_commit")
        return result

    return with_points


def is_whole_transaction(connection: asyncpg.Connection[asyncpg.Record], sql: str, *_: object) -> bool:
    return WRITES_EVENTS in sql and not connection.is_in_transaction()


def install(doom: Doom) -> None:
    commands = asyncpg.Connection
    setattr(commands, "fetchrow", doomed(doom, commands.fetchrow, is_whole_transaction))
    setattr(Transaction, "commit", doomed(doom, Transaction.commit, lambda *_: True))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    doom_arguments(parser)
    arguments = parser.parse_args()
    install(doom_of(arguments))
    uvicorn.run("write_api.main:app", port=arguments.port, access_log=False, timeout_keep_alive=120)


if __name__ == "__main__":
    main()
