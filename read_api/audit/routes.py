from __future__ import annotations

from typing import Annotated, List, Optional

from fastapi import APIRouter
from fastapi import Query as Parameter
from fastapi import Response

from read_api.audit.queries import SORTS, audit_body
from read_api.audit.schemas import AuditLog
from read_api.audit.shapes import audit_entry
from read_api.audit.visibility import refuse_all_but_admins, sees_entry
from read_api.reading import SignedInReading
from read_api.search.parameters import DEFAULT_LIMIT, Cursor, Limit, sorted_by
from read_api.search.runner import Asked, list_answer, page_of
from read_models.history import AUDITED, HISTORY
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.search.filters import Filters

router = APIRouter(prefix="/v1", tags=["audit"], route_class=StrictParametersRoute)
Time = Parameter(max_length=40, description="RFC 3339, or a date", examples=["2026-01-31T09:30:00Z"])


@router.get("/audit", operation_id="list_audit_entries", response_model=AuditLog, responses=problem_responses(403))
async def list_audit_entries(
    reading: SignedInReading,
    actor: Annotated[
        Optional[List[str]], Parameter(max_length=64, description="Ids, `me` or `none`; several mean any of them")
    ] = None,
    aggregate_type: Annotated[
        Optional[List[str]], Parameter(max_length=32, description=f"Any of {', '.join(AUDITED)}")
    ] = None,
    aggregate_id: Annotated[Optional[List[str]], Parameter(max_length=64, description="Ids or `none`")] = None,
    type: Annotated[
        Optional[List[str]], Parameter(max_length=64, description="Events, such as SignInFailed or UserRoleChanged")
    ] = None,
    ip_address: Annotated[Optional[List[str]], Parameter(max_length=64, description="Exactly these addresses")] = None,
    occurred_after: Annotated[Optional[str], Time] = None,
    occurred_before: Annotated[Optional[str], Time] = None,
    sort: Annotated[Optional[str], Parameter(pattern="^-?occurred_at$", description="By default the newest first")] = (
        None
    ),
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Who did what, when, from where, with the values before and after. For admins."""
    refuse_all_but_admins(reading.caller)
    values = {
        "actor": actor,
        "aggregate_type": aggregate_type,
        "aggregate_id": aggregate_id,
        "type": type,
        "ip_address": ip_address,
    }
    times = {"occurred_after": occurred_after, "occurred_before": occurred_before}
    filters = Filters({name: asked for name, asked in values.items() if asked}, times)
    keys = sorted_by(sort or "-occurred_at", SORTS)
    asked = Asked("/v1/audit", HISTORY.name, sees_entry, filters.asked(), keys, limit, cursor, only_page=True)
    body = audit_body(filters, reading.caller)
    page, mark = await page_of(reading, asked, lambda _: body)
    sources = [hit["_source"] for hit in page.hits]
    actors = {("user", source["actor_id"]) for source in sources if source["actor_id"] is not None}
    labels = await reading.services.labels.read(actors, reading.locales)
    items = [audit_entry(source, labels) for source in sources]
    return await reading.answer(list_answer(page, items, labels), mark=mark)
