from typing import Union
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from runtime.cookies import signs_in_by_cookie
from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from runtime.request_id import current_request_id
from runtime.response_headers import references
from write_api.http.commands import Anonymous, Asking
from write_api.http.documentation import Responses
from write_api.http.responses import respond
from write_api.identity.browser import (
    csrf_token_of,
    in_cookies,
    refresh_token_in_cookie,
    refuse_other_origins,
    without_cookies,
)
from write_api.identity.commands import Device, EndSession, EndSessions, ListSessions, RefreshSession, StartSession
from write_api.identity.errors import credentials_refused
from write_api.identity.password_sign_in import Attempt
from write_api.identity.schemas import RefreshBody, SessionList, SignedIn, SignedInBrowser, SignInBody
from write_api.services import services_of

router = APIRouter(prefix="/v1/sessions", tags=["identity"], route_class=StrictJSONRoute)
_SIGNED_IN: Responses = {201: {"headers": references(["Location", "Set-Cookie"])}}
_REFRESHED: Responses = {200: {"headers": references(["Set-Cookie"])}}


@router.post(
    "",
    status_code=201,
    response_model=Union[SignedIn, SignedInBrowser],
    responses={**_SIGNED_IN, **problem_responses(401, 403)},
)
async def sign_in(body: SignInBody, request: Request, send: Anonymous) -> Response:
    """Gives an access token for both APIs, and a refresh token for the next one."""
    browser = body.mode == "browser"
    if browser:
        refuse_other_origins(request)
    device = device_of(request, body.audience)
    attempt = Attempt(body.email, body.password, device.ip_address, device.user_agent, current_request_id())
    proof = await services_of(request).password_sign_in.proof(attempt)
    if proof is None:
        raise credentials_refused()
    outcome = await send.outcome(StartSession(proof.user_id, proof.password_hash, device))
    return in_cookies(outcome) if browser else respond(outcome)


@router.post(
    "/refresh",
    response_model=Union[SignedIn, SignedInBrowser],
    responses={**_REFRESHED, **problem_responses(401, 403, 409)},
)
async def refresh_session(request: Request, send: Anonymous, body: RefreshBody | None = None) -> Response:
    """Changes a refresh token, once, for a new pair. One that is used again later ends the session."""
    audience = None if body is None else body.audience
    if body is not None and body.refresh_token is not None:
        return await send(RefreshSession(body.refresh_token, audience))
    outcome = await send.outcome(RefreshSession(refresh_token_in_cookie(request), audience))
    return in_cookies(outcome, csrf_token_of(request))


@router.get("", response_model=SessionList)
async def list_sessions(send: Asking) -> Response:
    """Where the caller is signed in."""
    return await send(ListSessions())


@router.delete("/current", status_code=204)
async def end_current_session(request: Request, send: Asking) -> Response:
    """Signs out. The access token of this request counts no more."""
    response = await send(EndSession())
    return without_cookies(response) if signs_in_by_cookie(request.scope["headers"]) else response


@router.delete("/others", status_code=204)
async def end_other_sessions(send: Asking) -> Response:
    """Signs out everywhere but here."""
    return await send(EndSessions())


# Only ids: `refresh`, `current` and `others` are no sessions.
@router.delete("/{session_id:uuid}", status_code=204)
async def end_session(session_id: UUID, send: Asking) -> Response:
    """Ends one of the own sessions; an admin ends anybody's."""
    return await send(EndSession(session_id))


def device_of(request: Request, audience: str | None) -> Device:
    return Device(request.headers.get("user-agent", ""), client_address(request), audience)


def client_address(request: Request) -> str:
    return "" if request.client is None else request.client.host
