from __future__ import annotations

from starlette.types import Receive, Scope, Send

from runtime.problems import ProblemError, problem_response
from runtime.public_path import path_of_caller


async def refuse(error: ProblemError, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(error, path_of_caller(scope))(scope, receive, send)
