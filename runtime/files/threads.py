from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from runtime.errors import StoreUnavailable
from runtime.files.store import STORE

Result = TypeVar("Result")


async def in_thread(work: Callable[[], Result]) -> Result:
    """For what blocks. A full disk or a folder that cannot be written is a store that is away."""
    try:
        return await asyncio.to_thread(work)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(STORE, error.strerror or type(error).__name__) from error
