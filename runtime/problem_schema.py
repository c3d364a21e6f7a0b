"""How problems appear in the OpenAPI documents."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, List, Optional, Union

from pydantic import BaseModel, Field

from runtime.problems import MEDIA_TYPE, TYPE_PREFIX

PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}


class ProblemItem(BaseModel):
    """One fault in the request."""

    code: str = Field(..., description="Stable, for programs")
    detail: str = Field(..., description="For people")
    pointer: Optional[str] = Field(None, description="JSON Pointer into the body")
    parameter: Optional[str] = Field(None, description="Name of the query parameter")
    header: Optional[str] = Field(None, description="Name of the header")


class Problem(BaseModel):
    """RFC 9457 problem details. Some problems carry more members, which their documentation names."""

    type: str = Field(..., description="URI of this kind of problem", example=TYPE_PREFIX + "ticket.not_found")
    title: str = Field(..., description="The HTTP status in words")
    status: int = Field(..., description="The HTTP status", ge=400, le=599)
    detail: str = Field(..., description="What happened and what to do, for people")
    instance: str = Field(..., description="The path that was asked for")
    code: str = Field(..., description="Stable, for programs", example="ticket.not_found")
    request_id: Optional[str] = Field(..., description="Names this request in our logs")
    errors: List[ProblemItem] = Field([], description="Each fault, where there is more to say")


def problem_responses(*statuses: int) -> dict[Union[int, str], dict[str, Any]]:
    """For `responses=` of a route or an application."""
    return {status: problem_documentation(status) for status in statuses}


def problem_documentation(status: int) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": dict(PROBLEM_REFERENCE)}},
    }
