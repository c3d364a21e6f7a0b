"""A route that answers a question it was asked before past the framework."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from read_api.reading import Reading, required_reading
from read_api.services import Services
from read_api.tickets.questions import Question, Questions
from runtime.bearer import required_token
from runtime.parameters import StrictParametersRoute

# Requests with these wait for a write: rare, and left to the framework.
_WAITING = frozenset((b"consistency-token", b"prefer"))

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Answer = Callable[[Reading, Question, "str | None"], Coroutine[Any, Any, Response]]


def remembering_route(
    questions: Callable[[Services], Questions[Question]], answer: Answer[Question]
) -> type[StrictParametersRoute]:
    """For `route_class_override`: `answer` gets the question and the cursor."""

    class RememberingRoute(StrictParametersRoute):
        def get_route_handler(self) -> Handler:
            handler = super().get_route_handler()

            async def handle(request: Request) -> Response:
                if any(name in _WAITING for name, _ in request.scope["headers"]):
                    return await handler(request)
                known = questions(request.state.services).known(request)
                if known is None:
                    return await handler(request)
                token = required_token(request.scope)
                reading = await required_reading(request, token, accept_language=request.headers.get("accept-language"))
                return await answer(reading, *known)

            return handle

    return RememberingRoute
