"""Which users, groups and organizations a caller may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import Caller
from runtime.search.fields import MATCH_NONE, Clause


def people_seen_by(caller: Caller) -> list[Clause]:
    """Customers find themselves and their organization, nobody else."""
    if caller.is_staff:
        return []
    if caller.user_id is None:
        return [MATCH_NONE]
    return [{"terms": {"id": list(_own(caller))}}]


def sees_person(caller: Caller, person: Mapping[str, Any]) -> bool:
    """The same rule, for one that was read by its id."""
    return caller.is_staff or person["id"] in _own(caller)


def _own(caller: Caller) -> tuple[str, ...]:
    return tuple(own for own in (caller.user_id, caller.organization_id) if own is not None)
