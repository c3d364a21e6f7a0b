from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import Annotated, Optional

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.types import Scope

from runtime.api_tokens import KnownApiTokens, is_api_token
from runtime.cookies import ACCESS, SAFE_METHODS, cookie, require_csrf_token
from runtime.principal import Principal
from runtime.problems import ProblemError
from runtime.tokens import AccessTokens, InvalidToken

SCHEME = "bearer"
OPTIONAL_SCHEME = "bearerOrNothing"
CHALLENGE = 'Bearer realm="tidedesk"'

# Dependencies that only document (`_: object = Depends(bearer_scheme)`); the functions below decide.
bearer_scheme = HTTPBearer(scheme_name=SCHEME, bearerFormat="JWT", auto_error=False)
optional_bearer_scheme = HTTPBearer(scheme_name=OPTIONAL_SCHEME, bearerFormat="JWT", auto_error=False)


def unauthorized(detail: str, code: str = "authentication.required") -> ProblemError:
    challenge = f'{CHALLENGE}, error="invalid_token"' if code == "token.invalid" else CHALLENGE
    return ProblemError(401, code, detail, headers={"WWW-Authenticate": challenge})


def presented_token(scope: Scope) -> str | None:
    """Of `Authorization: Bearer …`, else of the browser's cookie; None without either. What is neither is refused."""
    headers = scope["headers"]
    authorizations = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    if authorizations:
        return _bearer(authorizations)
    token = cookie(headers, ACCESS)
    if token is not None and scope["method"] not in SAFE_METHODS:
        require_csrf_token(headers)
    return token


def required_token(scope: Scope) -> str:
    token = presented_token(scope)
    if token is None:
        raise unauthorized("Sign in with POST /v1/sessions and send the access token as Authorization: Bearer <token>.")
    return token


async def _optional(request: Request, _: object = Depends(optional_bearer_scheme)) -> str | None:
    return presented_token(request.scope)


async def _required(request: Request, _: object = Depends(bearer_scheme)) -> str:
    return required_token(request.scope)


# Parameters of routes and dependencies.
OptionalBearer = Annotated[Optional[str], Depends(_optional)]
RequiredBearer = Annotated[str, Depends(_required)]


def principal_of(
    tokens: AccessTokens, api_tokens: KnownApiTokens, audience: str
) -> Callable[[Scope], Principal | None]:
    """Who a request counts against: only a verified token counts, or anybody could use up another's share."""

    def identify(scope: Scope) -> Principal | None:
        try:
            token = presented_token(scope)
            if token is not None and is_api_token(token):
                return api_tokens.find(token)
            return None if token is None else tokens.verify(token, audience, datetime.now(timezone.utc))
        except (InvalidToken, ProblemError):
            return None

    return identify


def _bearer(authorizations: Sequence[str]) -> str:
    scheme, _, token = authorizations[0].partition(" ")
    if len(authorizations) > 1 or scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("The Authorization header must be one Bearer token.", "token.invalid")
    return token.strip()
