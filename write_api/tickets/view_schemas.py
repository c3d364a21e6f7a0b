import json
from typing import Any
from uuid import UUID

from pydantic import Field

from domain.tickets.priority import TicketPriority, TicketType
from domain.tickets.status import TicketStatus
from domain.tickets.view import MAX_VIEW_NAME_LENGTH, Sharing
from runtime.search.grammar import MAX_CHARACTERS
from runtime.types import PatchModel, SafeStr, StrictModel

# Of one filter.
MAX_VALUES = 50
DEFAULT_SORT = "-updated_at"


class Value(SafeStr):
    min_length = 1
    max_length = 255


def _values(description: str) -> Any:
    return Field(None, max_items=MAX_VALUES, description=description)


def _time() -> Any:
    return Field(None, max_length=40, description="RFC 3339, or a date", example="2026-01-31")


class ViewQuery(StrictModel):
    """What GET /v1/search/tickets takes. `me` is whoever looks at the view."""

    q: SafeStr | None = Field(None, max_length=MAX_CHARACTERS, description="As in a search", example="paper -scanner")
    status: list[TicketStatus] | None = _values("Any of them")
    priority: list[TicketPriority] | None = _values("Any of them")
    type: list[TicketType] | None = _values("Any of them")
    tag: list[Value] | None = _values("Any of them")
    locale: list[Value] | None = _values("Any of them")
    assignee: list[Value] | None = _values("Ids, `me` or `none`")
    requester: list[Value] | None = _values("Ids, `me` or `none`")
    group: list[Value] | None = _values("Ids or `none`")
    organization: list[Value] | None = _values("Ids or `none`")
    created_after: SafeStr | None = _time()
    created_before: SafeStr | None = _time()
    updated_after: SafeStr | None = _time()
    updated_before: SafeStr | None = _time()

    def said(self) -> dict[str, Any]:
        """Without what says nothing."""
        said: dict[str, Any] = json.loads(self.json())
        return {name: value for name, value in said.items() if value}


_NAME: Any = Field(..., min_length=1, max_length=MAX_VIEW_NAME_LENGTH, example="Urgent and nobody's")
_SORT: Any = Field(
    DEFAULT_SORT, max_length=32, description="As in a search; a leading - means descending", example="-updated_at"
)


class CreateViewBody(StrictModel):
    name: SafeStr = _NAME
    query: ViewQuery | None = Field(None, description="All tickets if left out")
    sort: SafeStr = _SORT
    shared_with: Sharing = Field(Sharing.ME, description="`everybody` is for admins")
    group_id: UUID | None = Field(None, description="Whose agents have it, where it is shared with a group")


class ChangeViewBody(PatchModel):
    """JSON Merge Patch: what is left out stays; a query takes the place of the whole one before."""

    clearable = frozenset({"group_id"})

    name: SafeStr | None = Field(None, min_length=1, max_length=MAX_VIEW_NAME_LENGTH)
    query: ViewQuery | None = None
    sort: SafeStr | None = Field(None, max_length=32)
    shared_with: Sharing | None = None
    group_id: UUID | None = None
