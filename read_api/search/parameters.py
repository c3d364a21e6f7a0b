"""Query parameters that lists and searches share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Optional

from fastapi import Query as Parameter

from runtime.problems import ErrorItem, ProblemError
from runtime.search.filters import InvalidParameter
from runtime.search.grammar import MAX_CHARACTERS, InvalidQuery, Query, parse
from runtime.search.sorting import SortKeys, sort_keys

DEFAULT_LIMIT = 25
MAX_LIMIT = 100

Limit = Annotated[int, Parameter(ge=1, le=MAX_LIMIT, description="Items on a page")]
Cursor = Annotated[Optional[str], Parameter(max_length=8192, description="`next` or `prev` of another page")]
SearchText = Annotated[
    Optional[str],
    Parameter(
        description=f'Words, "phrases", -not, field:value, field>value; at most {MAX_CHARACTERS} characters',
        examples=['printer "paper jam" -scanner status:open created>2026-01-31'],
    ),
]
SortBy = Annotated[str, Parameter(max_length=32, description="A field; a leading - means descending")]
FacetNames = Annotated[
    Optional[str], Parameter(max_length=200, description="Comma-separated", examples=["status,tags"])
]
TypedText = Annotated[str, Parameter(max_length=MAX_CHARACTERS, description="What was typed so far")]


def parsed_query(text: str | None) -> Query:
    try:
        return parse(text or "")
    except InvalidQuery as problem:
        raise InvalidParameter("q", problem) from problem


def sorted_by(asked: str, paths: Mapping[str, str], ties: Sequence[str] = ("id",)) -> SortKeys:
    try:
        return sort_keys(asked, paths, ties)
    except InvalidQuery as problem:
        raise InvalidParameter("sort", problem) from problem


def query_problem(error: InvalidQuery) -> ProblemError:
    """What the grammar or a field refuses lies in `q`; other parameters say their own name."""
    return _problem("q", error)


def parameter_problem(error: InvalidParameter) -> ProblemError:
    return _problem(error.parameter, error.problem)


def _problem(parameter: str, fault: InvalidQuery) -> ProblemError:
    item = ErrorItem(f"query.{fault.code}", fault.detail, pointer=f"/{parameter}", parameter=parameter)
    return ProblemError(422, f"query.{fault.code}", fault.detail, errors=[item])
