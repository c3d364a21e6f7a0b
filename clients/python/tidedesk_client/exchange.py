"""What both transports do with a request and its answer; they themselves only send and sleep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Union

import httpx

from .answers import Answer, body_of
from .errors import ConnectionFailed, ProblemError
from .last_write import LastWrite
from .request import Api, Request
from .retries import RetryPolicy
from .version import VERSION

# Fixed, or asked for with every request: a token that is renewed.
Token = Union[str, Callable[[], str], None]
USER_AGENT = f"tidedesk-client/{VERSION}"
NOT_MODIFIED = 304


@dataclass
class Exchange:
    urls: Mapping[Api, str]
    token: Token
    retries: RetryPolicy
    wait_s: int
    timeout_s: float
    stream_silence_s: float
    last_write: LastWrite = field(default_factory=LastWrite)

    def prepared(self, request: Request) -> Request:
        return request.waiting_for(self.last_write.token, self.wait_s)

    def arguments(self, request: Request) -> dict[str, Any]:
        """Made anew for each attempt: meanwhile the token may be another one."""
        token = self.token() if callable(self.token) else self.token
        arguments = request.to_send(self.urls[request.api], token)
        # While the server waits for a write, nothing comes either.
        silence_s = self.stream_silence_s if request.is_stream else self.timeout_s
        arguments["timeout"] = httpx.Timeout(self.timeout_s, read=silence_s)
        return arguments

    def answer(self, request: Request, response: httpx.Response) -> Answer[Any]:
        if response.status_code == NOT_MODIFIED and request.known is not None:
            # Data that the caller has, under headers that say how fresh it is now.
            return replace(request.known, headers=response.headers)
        return Answer(body_of(response), response.status_code, response.headers)

    def pause_after_failure(self, request: Request, error: httpx.TransportError, attempt: int) -> float:
        pause_s = self.retries.after_failure(request, error, attempt)
        if pause_s is None:
            url = self.urls[request.api]
            raise ConnectionFailed(f"No answer from {url} ({type(error).__name__}: {error})") from error
        return pause_s

    def pause_after_refusal(self, request: Request, problem: ProblemError, attempt: int) -> float:
        pause_s = self.retries.after_refusal(request, problem, attempt)
        if pause_s is None:
            raise problem
        return pause_s


def is_refusal(response: httpx.Response) -> bool:
    """A redirect is an answer: single sign-on sends them, for a browser."""
    return response.status_code >= 400
