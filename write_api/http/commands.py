"""From a request to its command: who sends it, on which version it builds, and whether it came before."""

import hashlib
from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Header, Request
from fastapi.security.base import SecurityBase
from starlette.responses import Response

from runtime.api_tokens import is_api_token
from runtime.bearer import bearer_scheme, optional_bearer_scheme, presented_token, required_token
from runtime.client import client_of
from runtime.etag import AnyVersion, parse_if_match, require_if_match
from runtime.principal import Principal
from runtime.request_id import current_request_id
from runtime.scopes import require_scopes
from runtime.tokens import WRITE_API
from runtime.tracing.context import HEADER as TRACE_HEADER
from runtime.tracing.context import sampled
from write_api.context import CommandRequest, Upload
from write_api.http.responses import respond
from write_api.persistence.idempotency import HEADER, IdempotentRequest
from write_api.persistence.outcome import Outcome
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


class Send:
    """Hands a command to its handler, as the caller who is signed in, and renders the outcome."""

    def __init__(self, services: Services, command_request: CommandRequest) -> None:
        self._services = services
        self._command_request = command_request

    @property
    def principal(self) -> Principal:
        """Of the token, whose session is looked at when the command comes."""
        principal = self._command_request.principal
        assert principal is not None, "a route without a signed-in caller asked for it"
        return principal

    async def __call__(self, command: object) -> Response:
        return respond(await self.outcome(command))

    async def outcome(self, command: object) -> Outcome:
        return await self._services.dispatch(command, self._command_request)


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
        return await _send(request, await _principal(request), key=idempotency_key)


class _Adding(PlainSend):
    headers = frozenset({b"idempotency-key", b"if-match"})

    async def __call__(
        self, request: Request, idempotency_key: IdempotencyKey = None, if_match: IfMatch = None
    ) -> Send:
        return await _send(request, await _principal(request), key=idempotency_key, version=parse_if_match(if_match))


class _Seeing(_Signed):
    """428, before the framework finds a required header missing and says 422."""

    async def __call__(self, request: Request) -> Principal:
        principal = await _principal(request)
        require_if_match(request.headers.get("If-Match"))
        return principal


Seeing = Annotated[Principal, Depends(_Seeing())]


class _Uploading(_Signed):
    """Reads nothing of the body."""

    async def __call__(self, request: Request, idempotency_key: IdempotencyKey = None) -> Upload:
        principal = await _principal(request)

        def identify(content_sha256: bytes) -> IdempotentRequest | None:
            if idempotency_key is None:
                return None
            # As the body of the same address: the name of the file is in its query.
            said = request.scope["query_string"] + b"\n" + content_sha256
            return _identified(request, principal, idempotency_key, said)

        # BodyLimit has refused what is no number.
        announced_bytes = int(request.headers.get("content-length", 0))
        return Upload(_command_request(request, principal), request.stream(), announced_bytes, identify)


async def _stepping(
    request: Request, principal: Seeing, if_match: RequiredIfMatch, idempotency_key: IdempotencyKey = None
) -> Send:
    return await _send(request, principal, key=idempotency_key, version=parse_if_match(if_match))


async def _changing(request: Request, principal: Seeing, if_match: RequiredIfMatch) -> Send:
    return await _send(request, principal, version=parse_if_match(if_match))


class _Asking(_Signed):
    async def __call__(self, request: Request) -> Send:
        return await _send(request, await _principal(request))


class _Issuing(_Signed):
    async def __call__(self, request: Request, idempotency_key: IdempotencyKey = None) -> Send:
        return await _send(request, await _principal(request))


class _Anybody(SecurityBase):
    model = optional_bearer_scheme.model
    scheme_name = optional_bearer_scheme.scheme_name

    async def __call__(self, request: Request, idempotency_key: IdempotencyKey = None) -> Send:
        token = presented_token(request.scope)
        return await _send(request, None if token is None else await _principal_by(request, token))


async def _anonymous(request: Request, idempotency_key: IdempotencyKey = None) -> Send:
    return await _send(request, None)


# POST of something new.
Creating = Annotated[Send, Depends(_Creating())]
# POST of a file.
Uploading = Annotated[Upload, Depends(_Uploading())]
# POST of a part: builds on no version unless the caller wants it to.
Adding = Annotated[Send, Depends(_Adding())]
# POST that moves an existing thing on.
Stepping = Annotated[Send, Depends(_stepping)]
# PATCH, PUT and DELETE.
Changing = Annotated[Send, Depends(_changing)]
# For what the caller has itself: nothing of it is shared, so no version is asked for.
Asking = Annotated[Send, Depends(_Asking())]
# POST of something that lets its bearer in, by who is signed in.
Issuing = Annotated[Send, Depends(_Issuing())]
# Signing in. Here and above an Idempotency-Key is accepted but not used: answers with credentials are never stored.
Anonymous = Annotated[Send, Depends(_anonymous)]
# For who is signed in and who is not. Once or twice is the same, so the key is not used here either.
Anybody = Annotated[Send, Depends(_Anybody())]


async def _principal(request: Request) -> Principal:
    return await _principal_by(request, required_token(request.scope))


async def _principal_by(request: Request, token: str) -> Principal:
    services = services_of(request)
    if not is_api_token(token):
        return services.tokens.verify(token, WRITE_API, services.clock.now())
    principal = await services.api_tokens.principal(token)
    assert principal.api_token is not None
    require_scopes(principal.api_token.scopes, request.scope)
    return principal


async def _send(
    request: Request,
    principal: Principal | None,
    *,
    key: str | None = None,
    version: int | AnyVersion | None = None,
) -> Send:
    command_request = _command_request(
        request,
        principal,
        expected_version=version if isinstance(version, int) else None,
        idempotent=(
            None if key is None or principal is None else _identified(request, principal, key, await request.body())
        ),
    )
    return Send(services_of(request), command_request)


def _command_request(request: Request, principal: Principal | None, **more: Any) -> CommandRequest:
    return CommandRequest(
        principal=principal,
        request_id=current_request_id(),
        trace_context=sampled(request.headers.get(TRACE_HEADER)),
        client=client_of(request.scope),
        **more,
    )


def _identified(request: Request, principal: Principal, key: str, body: bytes) -> IdempotentRequest:
    """The same key under another path or with another body is another request."""
    said = request.scope["path"].encode() + b"\n" + body
    route = f"{request.method} {request.scope['route'].path}"
    return IdempotentRequest(principal.user_id, route, key, hashlib.sha256(said).hexdigest())
