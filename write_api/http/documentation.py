"""What the OpenAPI entries of commands have in common."""

from __future__ import annotations

from typing import Any, Union

from runtime.problem_schema import problem_responses
from runtime.response_headers import references

Responses = dict[Union[int, str], dict[str, Any]]


def created(*problems: int) -> Responses:
    return _answers(201, ("Location", "ETag", "Consistency-Token", "Idempotency-Replayed"), 403, *problems)


def accepted(*problems: int) -> Responses:
    """Of a POST whose work goes on after the answer."""
    return _answers(202, ("Location", "Idempotency-Replayed"), 403, *problems)


def begun(*problems: int) -> Responses:
    """Of a POST that the projector takes up; how far it is says the query API. Its key may be invalid."""
    return _answers(202, ("Idempotency-Replayed",), 403, 422, *problems)


def changed(*problems: int) -> Responses:
    """Of a PATCH or PUT."""
    return _answers(200, ("ETag", "Consistency-Token"), 403, 404, 412, 428, *problems)


def stepped(*problems: int) -> Responses:
    """Of a POST that moves an existing thing on."""
    headers = ("ETag", "Consistency-Token", "Idempotency-Replayed")
    return _answers(200, headers, 403, 404, 409, 412, 428, *problems)


def removed(*problems: int) -> Responses:
    return _answers(204, ("Consistency-Token",), 403, 404, 412, 428, *problems)


def _answers(status: int, headers: tuple[str, ...], *problems: int) -> Responses:
    return {status: {"headers": references(headers)}, **problem_responses(*problems)}
