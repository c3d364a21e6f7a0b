from __future__ import annotations

import pytest

from read_api.slots import Slots
from runtime.problems import ProblemError


def test_one_caller_has_only_so_many() -> None:
    slots = Slots("streams", "events.too_many_streams", per_caller=2, in_all=3)
    slots.take("ada")
    slots.take("ada")
    with pytest.raises(ProblemError) as refused:
        slots.take("ada")
    assert (refused.value.status, refused.value.code) == (429, "events.too_many_streams")
    assert "Retry-After" in refused.value.headers
    slots.take("bob")
    with pytest.raises(ProblemError):
        slots.take("cleo")
    slots.free("ada")
    slots.take("cleo")
    assert slots.taken == 3


def test_nothing_is_remembered_of_who_left() -> None:
    slots = Slots("streams", "events.too_many_streams", per_caller=1, in_all=1)
    for name in ("ada", "bob"):
        slots.take(name)
        slots.free(name)
    assert slots.taken == 0 and not slots._taken
