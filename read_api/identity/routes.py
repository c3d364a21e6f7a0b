from __future__ import annotations

from typing import Annotated, List, Literal, Optional

from fastapi import APIRouter, Path
from fastapi import Query as Parameter
from fastapi import Response

from read_api.identity.people import PeopleQuestion, people, person
from read_api.identity.schemas import Group, GroupList, Organization, OrganizationList, User, UserList
from read_api.reading import IfNoneMatch, SignedInReading
from read_api.search.parameters import DEFAULT_LIMIT, Cursor, Limit
from read_api.shapes import NOT_MODIFIED
from runtime.parameters import StrictParametersRoute
from runtime.search.filters import Filters

router = APIRouter(prefix="/v1", tags=["identity"], route_class=StrictParametersRoute)
Id = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Parameter(max_length=200, description="A name, or the beginning of one")]
Sort = Annotated[
    Optional[str],
    Parameter(
        pattern="^(relevance|-?created_at|-?updated_at)$", description="By default relevance with q, else -created_at"
    ),
]
ME = "me"


@router.get("/users", operation_id="list_users", response_model=UserList)
async def list_users(
    reading: SignedInReading,
    q: Annotated[str, Parameter(max_length=254, description="A name or email, or the beginning of one")] = "",
    role: Annotated[Optional[List[Literal["admin", "agent", "customer"]]], Parameter()] = None,
    organization: Annotated[Optional[List[str]], Parameter(max_length=64, description="An id or `none`")] = None,
    group: Annotated[Optional[List[str]], Parameter(max_length=64, description="An id or `none`")] = None,
    active: Annotated[Optional[bool], Parameter()] = None,
    sort: Sort = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Users; customers find only themselves."""
    values = {"role": role, "organization": organization, "group": group}
    filters = {name: list[str](asked) for name, asked in values.items() if asked}
    if active is not None:
        filters["active"] = [str(active).lower()]
    return await people(reading, PeopleQuestion("user", q, Filters(filters), sort, limit, cursor))


@router.get("/users/{user_id}", operation_id="get_user", response_model=User, responses=NOT_MODIFIED)
async def get_user(reading: SignedInReading, user_id: Id, if_none_match: IfNoneMatch = None) -> Response:
    """`me` is the caller."""
    return await person(reading, "user", str(reading.caller.user_id) if user_id == ME else user_id, if_none_match)


@router.get("/groups", operation_id="list_groups", response_model=GroupList)
async def list_groups(
    reading: SignedInReading, q: Name = "", sort: Sort = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Groups of agents; customers see none."""
    return await people(reading, PeopleQuestion("group", q, Filters(), sort, limit, cursor))


@router.get("/groups/{group_id}", operation_id="get_group", response_model=Group, responses=NOT_MODIFIED)
async def get_group(reading: SignedInReading, group_id: Id, if_none_match: IfNoneMatch = None) -> Response:
    return await person(reading, "group", group_id, if_none_match)


@router.get("/organizations", operation_id="list_organizations", response_model=OrganizationList)
async def list_organizations(
    reading: SignedInReading, q: Name = "", sort: Sort = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Organizations of customers; customers see their own."""
    return await people(reading, PeopleQuestion("organization", q, Filters(), sort, limit, cursor))


@router.get(
    "/organizations/{organization_id}",
    operation_id="get_organization",
    response_model=Organization,
    responses=NOT_MODIFIED,
)
async def get_organization(
    reading: SignedInReading, organization_id: Id, if_none_match: IfNoneMatch = None
) -> Response:
    return await person(reading, "organization", organization_id, if_none_match)
