"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import TypedDict


class FacetValue(TypedDict):
    count: int
    # Of ids: who or what is meant
    name: str | None
    value: str


class Named(TypedDict):
    """Who or what is meant, by id and present name."""

    id: str
    # null: not known at the moment
    name: str | None


class _Problem(TypedDict):
    # Stable, for programs
    code: str
    # What happened and what to do, for people
    detail: str
    # The path that was asked for
    instance: str
    # Names this request in our logs
    request_id: str
    # The HTTP status
    status: int
    # The HTTP status in words
    title: str
    # URI of this kind of problem
    type: str


class Problem(_Problem, total=False):
    """RFC 9457 problem details. Some problems carry more members, which their documentation names."""

    # Each fault, where there is more to say
    errors: list[ProblemItem]


class _ProblemItem(TypedDict):
    # Stable, for programs
    code: str
    # For people
    detail: str


class ProblemItem(_ProblemItem, total=False):
    """One fault in the request."""

    # Name of the header
    header: str
    # Name of the query parameter
    parameter: str
    # JSON Pointer into the body
    pointer: str


class Saved(TypedDict):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: str
    version: int


class Total(TypedDict):
    """Counted up to 1,000; with facets all."""

    # eq: exactly so many; gte: at least so many
    relation: str
    value: int
