from __future__ import annotations

from domain.operations.policies import may_operate
from domain.shared.errors import Forbidden
from write_api.context import Context


def refuse_others(context: Context) -> None:
    if not may_operate(context.actor):
        raise Forbidden("Only admins operate the projections. Ask one.")
