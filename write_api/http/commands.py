"""From a request to its command: who sends it, on which version it builds, and whether it came before."""

import hashlib
import re
from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Header, Request
from fastapi.security.base import SecurityBase
from starlette.responses import Response

from runtime.bearer import bearer_scheme, required_bearer_token
from runtime.client import client_of
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
# The pattern only documents: of a foreign tag we say that it does not match, which is no fault of the request's form.
_IF_MATCH: Any = {
    "alias": "If-Match",
    "description": 'The ETag this change builds on, such as "v3", or * for whatever there is',
    "json_schema_extra": {"pattern": r'^(\*|"v[1-9][0-9]{0,17}(\.[0-9a-f]{16})?")$'},
}
IfMatch = Annotated[str | None, Header(**_IF_MATCH)]
RequiredIfMatch = Annotated[str, Header(**_IF_MATCH)]

_TRACE_CONTEXT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Send:
    """Hands a command to its handler, as the caller who is signed in, and renders the outcome."""

    def __init__(self, services: Services, command_request: CommandRequest) -> None:
        self._services = services
        self._command_request = command_request

    async def __call__(self, command: object) -> Response:
        return respond(await self._services.dispatch(command, self._command_request))


class _Signed(SecurityBase):
    """A dependency that is its own security scheme: each one more costs every request about 30 us."""

    model = bearer_scheme.model
    scheme_name = bearer_scheme.scheme_name


class PlainSend(_Signed, ABC):
    """Most requests bring none of its headers, and then nothing is left to work out."""

    headers: ClassVar[frozenset[bytes]]

    @abstractmethod
    async def __call__(self, request: Request) -> Send: ...


class _Creating(PlainSend):
    headers = frozenset({b"idempotency-key"})

    async def __call__(self, request: Request, idempotency_key: IdempotencyKey = None) -> Send:
        return await _send(request, _principal(request), key=idempotency_key)


class _Adding(PlainSend):
    headers = frozenset({b"idempotency-key", b"if-match"})

    async def __call__(
        self, request: Request, idempotency_key: IdempotencyKey = None, if_match: IfMatch = None
    ) -> Send:
        return await _send(request, _principal(request), key=idempotency_key, version=parse_if_match(if_match))


class _Seeing(_Signed):
    """428, before the framework finds a required header missing and says 422."""

    async def __call__(self, request: Request) -> Principal:
        principal = _principal(request)
        require_if_match(request.headers.get("If-Match"))
        return principal


Seeing = Annotated[Principal, Depends(_Seeing())]


async def _stepping(
    request: Request, principal: Seeing, if_match: RequiredIfMatch, idempotency_key: IdempotencyKey = None
) -> Send:
    return await _send(request, principal, key=idempotency_key, version=parse_if_match(if_match))


async def _changing(request: Request, principal: Seeing, if_match: RequiredIfMatch) -> Send:
    return await _send(request, principal, version=parse_if_match(if_match))


class _Asking(_Signed):
    async def __call__(self, request: Request) -> Send:
        return await _send(request, _principal(request))


async def _anonymous(request: Request, idempotency_key: IdempotencyKey = None) -> Send:
    return await _send(request, None)


# POST of something new.
Creating = Annotated[Send, Depends(_Creating())]
# POST of a part: builds on no version unless the caller wants it to.
Adding = Annotated[Send, Depends(_Adding())]
# POST that moves an existing thing on.
Stepping = Annotated[Send, Depends(_stepping)]
# PATCH, PUT and DELETE.
Changing = Annotated[Send, Depends(_changing)]
# For what the caller has itself: nothing of it is shared, so no version is asked for.
Asking = Annotated[Send, Depends(_Asking())]
# Signing in. An Idempotency-Key is accepted but not used: answers with credentials are never stored.
Anonymous = Annotated[Send, Depends(_anonymous)]


def _principal(request: Request) -> Principal:
    services = services_of(request)
    return services.tokens.verify(required_bearer_token(request), WRITE_API, services.clock.now())


async def _send(
    request: Request,
    principal: Principal | None,
    *,
    key: str | None = None,
    version: int | AnyVersion | None = None,
) -> Send:
    command_request = CommandRequest(
        principal=principal,
        request_id=current_request_id(),
        trace_context=_trace_context(request),
        expected_version=version if isinstance(version, int) else None,
        idempotent=None if key is None or principal is None else await _idempotent(request, principal, key),
        client=client_of(request.scope),
    )
    return Send(services_of(request), command_request)


async def _idempotent(request: Request, principal: Principal, key: str) -> IdempotentRequest:
    """The same key under another path or with another body is another request."""
    said = request.scope["path"].encode() + b"\n" + await request.body()
    route = f"{request.method} {request.scope['route'].path}"
    return IdempotentRequest(principal.user_id, route, key, hashlib.sha256(said).hexdigest())


def _trace_context(request: Request) -> str | None:
    received = request.headers.get("traceparent")
    return received if received is not None and _TRACE_CONTEXT.fullmatch(received) else None
