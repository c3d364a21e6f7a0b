from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson


def dump_json(value: Any) -> bytes:
    return orjson.dumps(value, default=_to_plain)


def _to_plain(value: Any) -> str:
    # asyncpg reads ids as its own subclass of UUID, which orjson does not take.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
