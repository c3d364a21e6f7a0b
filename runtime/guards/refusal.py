from __future__ import annotations

from starlette.types import Receive, Scope, Send

from runtime.problems import ProblemError, problem_response


async def refuse(error: ProblemError, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(error, scope["path"])(scope, receive, send)
