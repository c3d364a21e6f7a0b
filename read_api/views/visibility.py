"""Who sees which view. Every path to them goes through here; which tickets it shows is decided by those."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import ADMIN, Caller
from runtime.problems import ProblemError
from runtime.search.fields import MATCH_NONE, Clause, any_of


def refuse_customers(caller: Caller) -> None:
    if not caller.is_staff:
        raise ProblemError(403, "view.forbidden", "Only agents and admins have views. The list of tickets has filters.")


def views_seen_by(caller: Caller) -> list[Clause]:
    """The own ones and those that others share; an admin is not shown what others keep for themselves."""
    if not caller.is_staff:
        return [MATCH_NONE]
    groups: Clause = {"terms": {"group_id": list(caller.group_ids)}}
    if caller.role == ADMIN:
        groups = {"term": {"shared_with": "group"}}
    return [any_of([{"term": {"owner_id": caller.user_id}}, {"term": {"shared_with": "everybody"}}, groups])]


def sees_view(caller: Caller, view: Mapping[str, Any]) -> bool:
    """The same rule as the filter, for a view that was found."""
    if not caller.is_staff:
        return False
    if view["owner_id"] == caller.user_id or view["shared_with"] == "everybody":
        return True
    return view["shared_with"] == "group" and (caller.role == ADMIN or view["group_id"] in caller.group_ids)


def may_change(caller: Caller, view: Mapping[str, Any]) -> bool:
    return caller.role == ADMIN or view["owner_id"] == caller.user_id
