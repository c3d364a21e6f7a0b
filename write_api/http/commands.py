"""From a request to its command: who sends it, on which version it builds, and whether it came before."""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import Response

from runtime.bearer import bearer_scheme, required_bearer_token
from runtime.etag import AnyVersion, parse_if_match, require_if_match
from runtime.principal import Principal
from runtime.request_id import current_request_id
from runtime.tokens import WRITE_API
from write_api.context import CommandRequest
from write_api.http.responses import respond
from write_api.persistence.idempotency import HEADER, IdempotentRequest
from write_api.services import Services, services_of

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Makes a repeated request harmless: it gets the first one's answer. Kept for 24 hours",
    ),
]
IfMatch = Annotated[str | None, Header(alias="If-Match", description='The ETag this change builds on, such as "v3"')]
# Documents; the token itself is read and checked below.
Bearer = Annotated[object, Depends(bearer_scheme)]

_TRACE_CONTEXT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Send:
    """Hands a command to its handler, as the caller who is signed in, and renders the outcome."""

    def __init__(self, services: Services, command_request: CommandRequest) -> None:
        self._services = services
        self._command_request = command_request

    async def __call__(self, command: object) -> Response:
        return respond(await self._services.dispatch(command, self._command_request))


async def creating(request: Request, _: Bearer, idempotency_key: IdempotencyKey = None) -> Send:
    """POST of something new."""
    return await _signed_in(request, idempotency_key, lambda: None)


async def adding(request: Request, _: Bearer, idempotency_key: IdempotencyKey = None, if_match: IfMatch = None) -> Send:
    """POST of a part: builds on no version unless the caller wants it to."""
    return await _signed_in(request, idempotency_key, lambda: parse_if_match(if_match))


async def stepping(
    request: Request, _: Bearer, idempotency_key: IdempotencyKey = None, if_match: IfMatch = None
) -> Send:
    """POST that moves an existing thing on."""
    return await _signed_in(request, idempotency_key, lambda: require_if_match(if_match))


async def asking(request: Request, _: Bearer) -> Send:
    """For what the caller has itself: nothing of it is shared, so no version is asked for."""
    return await _signed_in(request, None, lambda: None)


async def anonymous(request: Request, idempotency_key: IdempotencyKey = None) -> Send:
    """Signing in. An Idempotency-Key is accepted but not used: answers with credentials are never stored."""
    return Send(services_of(request), CommandRequest(None, current_request_id(), _trace_context(request)))


async def changing(request: Request, _: Bearer, if_match: IfMatch = None) -> Send:
    """PATCH, PUT and DELETE."""
    return await _signed_in(request, None, lambda: require_if_match(if_match))


Creating = Annotated[Send, Depends(creating)]
Adding = Annotated[Send, Depends(adding)]
Stepping = Annotated[Send, Depends(stepping)]
Changing = Annotated[Send, Depends(changing)]
Asking = Annotated[Send, Depends(asking)]
Anonymous = Annotated[Send, Depends(anonymous)]


async def _signed_in(
    request: Request, key: str | None, expected_version: Callable[[], int | AnyVersion | None]
) -> Send:
    """Who asks comes first: a stranger learns nothing of what else is wrong."""
    services = services_of(request)
    principal = services.tokens.verify(required_bearer_token(request), WRITE_API, services.clock.now())
    version = expected_version()
    command_request = CommandRequest(
        principal=principal,
        request_id=current_request_id(),
        trace_context=_trace_context(request),
        expected_version=version if isinstance(version, int) else None,
        idempotent=None if key is None else await _idempotent(request, principal, key),
    )
    return Send(services, command_request)


async def _idempotent(request: Request, principal: Principal, key: str) -> IdempotentRequest:
    """The same key under another path or with another body is another request."""
    said = request.scope["path"].encode() + b"\n" + await request.body()
    route = f"{request.method} {request.scope['route'].path}"
    return IdempotentRequest(principal.user_id, route, key, hashlib.sha256(said).hexdigest())


def _trace_context(request: Request) -> str | None:
    received = request.headers.get("traceparent")
    return received if received is not None and _TRACE_CONTEXT.fullmatch(received) else None
