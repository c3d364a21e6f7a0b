"""The audit log says who did what from where: it is for admins, and every path to it goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import Caller
from runtime.problems import ProblemError
from runtime.search.fields import MATCH_NONE, Clause

ADMIN = "admin"


def refuse_all_but_admins(caller: Caller) -> None:
    if caller.role != ADMIN:
        raise ProblemError(403, "audit.forbidden", "Only admins read the audit log. Ask one.")


def entries_seen_by(caller: Caller) -> list[Clause]:
    return [] if caller.role == ADMIN else [MATCH_NONE]


def sees_entry(caller: Caller, _: Mapping[str, Any]) -> bool:
    """The same rule as the filter, for an entry that was found."""
    return caller.role == ADMIN
