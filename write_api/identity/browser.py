"""A browser is signed in by cookies that its scripts cannot read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from runtime.cookies import ACCESS, CSRF, REFRESH, cookie, require_csrf_token, set_cookie
from write_api.http.responses import respond
from write_api.identity.errors import refresh_refused
from write_api.persistence.outcome import Outcome
from write_api.services import services_of

CSRF_TOKEN_BYTES = 32


def refuse_other_origins(request: Request) -> None:
    """Nobody is signed in by another site's page: what they then do, they would do as whoever made that page."""
    refusal = services_of(request).own_origins.refusal(request.scope["headers"])
    if refusal is not None:
        raise refusal


def refresh_token_in_cookie(request: Request) -> str:
    headers = request.scope["headers"]
    token = cookie(headers, REFRESH)
    if token is None:
        raise refresh_refused()
    require_csrf_token(headers)
    return token


def csrf_token_of(request: Request) -> str | None:
    return cookie(request.scope["headers"], CSRF)


def in_cookies(outcome: Outcome, csrf_token: str | None = None) -> Response:
    """The same answer with its tokens in cookies. Those of whoever was signed in before are replaced."""
    issued = _body(outcome)
    access, refresh = str(issued.pop("access_token")), str(issued.pop("refresh_token"))
    csrf = csrf_token or secrets.token_urlsafe(CSRF_TOKEN_BYTES)
    shown = {**issued, "token_type": "Cookie", "csrf_token": csrf}
    response = respond(replace(outcome, body=shown))
    session_s = int(issued["refresh_expires_in"])
    for name, value, max_age_s in (
        (ACCESS, access, int(issued["expires_in"])),
        (REFRESH, refresh, session_s),
        (CSRF, csrf, session_s),
    ):
        response.headers.append("Set-Cookie", set_cookie(name, value, max_age_s))
    return response


def without_cookies(response: Response) -> Response:
    for name in (ACCESS, REFRESH, CSRF):
        response.headers.append("Set-Cookie", set_cookie(name, "", 0))
    return response


def _body(outcome: Outcome) -> dict[str, Any]:
    body: Mapping[str, Any] | None = outcome.body
    assert body is not None, "a session without tokens"
    return dict(body)
