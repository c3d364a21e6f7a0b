"""A misspelt filter must not silently find everything: parameters that a route does not have are refused."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_dependant
from fastapi.routing import APIRoute

from runtime.problems import ErrorItem, ProblemError


class StrictParametersRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        known = frozenset(field.alias for field in get_flat_dependant(self.dependant).query_params)

        async def handle(request: Request) -> Response:
            unknown = request.query_params.keys() - known
            if unknown:
                raise _refused(sorted(unknown))
            return await handler(request)

        return handle


def _refused(names: list[str]) -> ProblemError:
    items = [ErrorItem("parameter.unknown", f"There is no parameter {name!r} here.", parameter=name) for name in names]
    return ProblemError(422, "request.invalid", "The request has unknown parameters; see errors.", errors=items[:50])
