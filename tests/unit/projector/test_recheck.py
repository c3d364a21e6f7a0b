"""Whether a difference is one, whenever the change that explains it arrives: looks and questions are no one moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.locks import Pool
from projector.verify import recheck
from projector.verify.difference import Difference
from projector.verify.recheck import drifted, lasting

ID = UUID(int=7)
MISSING = Difference("elasticsearch", "tickets", "missing", str(ID), ID, 0)


@dataclass
class Stores:
    """One document whose row leaves the outbox, after it was written, before the question of that number."""

    arrives_before: int
    # A row is what it waits for; without one it is simply gone.
    has_row: bool = True
    questions: int = 0

    @property
    def is_there(self) -> bool:
        return self.has_row and self.questions > self.arrives_before

    def _asked(self) -> None:
        self.questions += 1

    async def fetchval(self, _: str, ids: Iterable[UUID]) -> bool:
        self._asked()
        return self.has_row and not self.is_there

    async def fetch(self, _: str, ids: Iterable[UUID]) -> list[dict[str, Any]]:
        self._asked()
        return [{"id": ID}] if self.has_row and not self.is_there else []

    async def look(self, _: list[Difference]) -> list[Difference]:
        self._asked()
        return [] if self.is_there else [MISSING]

    async def verdict(self, longest_wait_s: float) -> list[Difference]:
        pool = cast(Pool, self)
        return await drifted(pool, await lasting(pool, [MISSING], self.look, longest_wait_s), self.look)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recheck, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(recheck, "PATIENCE_S", 0.0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrives_before=st.integers(0, 12), longest_wait_s=st.sampled_from([0.0, 0.001, 60.0]))
async def test_what_arrives_at_any_moment_has_not_drifted(arrives_before: int, longest_wait_s: float) -> None:
    assert await Stores(arrives_before).verdict(longest_wait_s) == []


@pytest.mark.parametrize("longest_wait_s", [0.0, 60.0])
async def test_what_nothing_explains_has_drifted(longest_wait_s: float) -> None:
    assert await Stores(0, has_row=False).verdict(longest_wait_s) == [MISSING]
