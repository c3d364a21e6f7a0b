"""Turns every exception that reaches the edge into a problem."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from runtime.bearer import unauthorized
from runtime.consistency import InvalidConsistencyToken
from runtime.cursors import InvalidCursor
from runtime.errors import StoreUnavailable
from runtime.problems import ErrorItem, ProblemError, invalid_parameter, problem_response
from runtime.public_path import path_of_caller
from runtime.tokens import InvalidToken
from runtime.validation import invalid_request

ToProblem = Callable[[Any], ProblemError]
ErrorTable = Mapping[type[Exception], ToProblem]

log = structlog.get_logger(__name__)


def install(app: FastAPI, table: ErrorTable) -> None:
    """`table` says how an exception type of the caller (and its subtypes) becomes a problem."""
    for exception_type, to_problem in {**_OWN, **table}.items():
        app.add_exception_handler(exception_type, _handler(to_problem))
    app.add_exception_handler(HTTPException, _http_exception)


def unexpected() -> ProblemError:
    return ProblemError(
        500,
        "internal_error",
        "Something went wrong on our side and was logged. Try again; if it stays, tell an operator the request_id.",
    )


def _handler(to_problem: ToProblem) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        return problem_response(to_problem(error), path_of_caller(request.scope))

    return handle


def _store_unavailable(error: StoreUnavailable) -> ProblemError:
    log.warning("store_unavailable", store=error.store, detail=error.detail)
    return ProblemError(
        503,
        "store.unavailable",
        f"This needs {error.store}, which does not answer at the moment. Try again shortly.",
        headers={"Retry-After": str(error.retry_after_s)},
        extensions={"store": error.store},
    )


def _invalid_token(error: InvalidToken) -> ProblemError:
    log.info("token_refused", reason=error.reason)
    return unauthorized("The access token is not valid, or no longer. Sign in again.", "token.invalid")


def _invalid_cursor(_: InvalidCursor) -> ProblemError:
    return invalid_parameter(
        "cursor",
        "cursor.invalid",
        "The cursor belongs to another query or caller, or was changed. Start again without it.",
    )


def _invalid_consistency_token(_: InvalidConsistencyToken) -> ProblemError:
    item = ErrorItem("consistency_token.invalid", "Send it as a command answered it.", header="Consistency-Token")
    return ProblemError(400, "consistency_token.invalid", "The Consistency-Token cannot be read.", errors=[item])


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 404:
        problem = ProblemError(404, "route.not_found", "There is nothing at this address. /docs lists what there is.")
    elif error.status_code == 405:
        allowed = ", ".join(_allowed_methods(request))
        detail = f"This address does not take {request.method}. It takes {allowed}."
        problem = ProblemError(405, "method.not_allowed", detail, headers={"Allow": allowed})
    elif error.status_code >= 500:
        problem = unexpected()
    else:
        problem = ProblemError(error.status_code, f"http.{error.status_code}", str(error.detail), headers=headers)
    return problem_response(problem, path_of_caller(request.scope))


def _allowed_methods(request: Request) -> list[str]:
    """Of all routes at this path: the framework names only those of the first."""
    methods: set[str] = set()
    for route in request.app.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return sorted(methods)


def _as_it_is(error: ProblemError) -> ProblemError:
    return error


_OWN: dict[type[Exception], ToProblem] = {
    ProblemError: _as_it_is,
    RequestValidationError: invalid_request,
    StoreUnavailable: _store_unavailable,
    InvalidToken: _invalid_token,
    InvalidCursor: _invalid_cursor,
    InvalidConsistencyToken: _invalid_consistency_token,
}
