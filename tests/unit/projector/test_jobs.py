from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from projector.jobs import when_stores_are_there
from runtime.errors import StoreUnavailable


async def test_a_job_without_its_store_is_postponed() -> None:
    async def job(_: Mapping[str, Any]) -> int:
        raise StoreUnavailable("postgres")

    assert await when_stores_are_there(job)({}) == 0


async def test_a_job_that_is_wrong_says_so() -> None:
    async def job(_: Mapping[str, Any]) -> int:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await when_stores_are_there(job)({})
