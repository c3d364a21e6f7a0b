"""An export as an answer: begun when its first page is found, ended in a way that says whether it is whole."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timezone
from typing import Annotated, Any, Dict, Literal, Union

import structlog
from fastapi import Query as Parameter
from fastapi import Response
from pydantic import BaseModel

from read_api.context import Caller
from read_api.downloads import INERT, content_disposition
from read_api.exports.formats import Csv, Format, JsonLines
from read_api.exports.walk import BrokenOff, Exported, Walk
from read_api.long_answers import LongAnswer
from read_api.reading import Reading
from runtime.bearer import presented_token
from runtime.errors import StoreUnavailable
from runtime.network import network_of
from runtime.problems import ProblemError
from runtime.response_headers import references
from runtime.tokens import InvalidToken

log = structlog.get_logger(__name__)

FormatName = Annotated[
    Literal["jsonl", "csv"], Parameter(description="One JSON object a line, or comma-separated values")
]
_HEADERS = {name: value for name, value in INERT.items() if name not in ("Accept-Ranges", "Cache-Control")}


def answers(example: str, csv_example: str) -> Dict[Union[int, str], Dict[str, Any]]:
    """For `responses=` of a route."""
    schema = {"type": "string"}
    return {
        200: {
            "description": "The items; only with its last line is it whole",
            "headers": references(("Content-Disposition",)),
            "content": {
                JsonLines.media_type: {"schema": schema, "example": example},
                "text/csv": {"schema": schema, "example": csv_example},
            },
        }
    }


async def export(reading: Reading, exported: Exported, shape: type[BaseModel], format_name: str, name: str) -> Response:
    """`name`: what the file is called, with the day behind it."""
    exports, slot = reading.services.exports, _slot(reading)
    token = presented_token(reading.request.scope)

    async def who_now() -> Caller:
        return await reading.services.identifier.caller(token, datetime.now(timezone.utc))

    walk = Walk(reading, exported, who_now)

    async def done() -> None:
        exports.free(slot)
        await walk.close()

    exports.take(slot)
    try:
        await walk.begin()
        sent = await reading.freshness_headers()
    except BaseException:
        await done()
        raise
    written: Format = Csv(shape) if format_name == "csv" else JsonLines()
    file_name = f"{name}-{reading.at:%Y-%m-%d}.{written.extension}"
    headers = {**_HEADERS, **sent, "Content-Disposition": content_disposition(file_name)}
    return LongAnswer(_pieces(walk, written), done, headers, written.media_type)


async def _pieces(walk: Walk, written: Format) -> AsyncGenerator[bytes, None]:
    count = 0
    yield written.head()
    try:
        async for items in walk.pieces():
            count += len(items)
            yield written.rows(items)
    except BrokenOff as broken:
        code = broken.code
    except (ProblemError, InvalidToken):
        code = "token.invalid"
    except StoreUnavailable as failure:
        log.warning("export_broken_off", reason=str(failure))
        code = "store.unavailable"
    else:
        yield written.complete(count)
        return
    yield written.broken_off(count, code)


def _slot(reading: Reading) -> str:
    if reading.caller.user_id is not None:
        return reading.caller.user_id
    client = reading.request.client
    return network_of(client.host) if client is not None else "unknown"
