from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from runtime.request_id import current_request_id
from runtime.response_headers import references
from write_api.http.commands import Anonymous, Asking
from write_api.http.documentation import Responses
from write_api.identity.commands import EndSession, ListSessions, RefreshSession, StartSession
from write_api.identity.password_sign_in import Attempt
from write_api.identity.schemas import RefreshBody, SessionList, SignedIn, SignInBody
from write_api.services import services_of

router = APIRouter(prefix="/v1/sessions", tags=["identity"], route_class=StrictJSONRoute)
_SIGNED_IN: Responses = {201: {"headers": references(["Location"])}}


@router.post("", status_code=201, response_model=SignedIn, responses={**_SIGNED_IN, **problem_responses(401)})
async def sign_in(body: SignInBody, request: Request, send: Anonymous) -> Response:
    """Gives an access token for both APIs, and a refresh token for the next one."""
    user_agent, ip_address = request.headers.get("user-agent", ""), client_address(request)
    attempt = Attempt(body.email, body.password, ip_address, user_agent, current_request_id())
    user_id = await services_of(request).password_sign_in.user_id(attempt)
    return await send(StartSession(user_id, user_agent, ip_address, body.audience))


@router.post("/refresh", response_model=SignedIn, responses=problem_responses(401, 409))
async def refresh_session(body: RefreshBody, send: Anonymous) -> Response:
    """Changes a refresh token, once, for a new pair. One that is used again later ends the session."""
    return await send(RefreshSession(body.refresh_token, body.audience))


@router.get("", response_model=SessionList)
async def list_sessions(send: Asking) -> Response:
    """Where the caller is signed in."""
    return await send(ListSessions())


@router.delete("/current", status_code=204)
async def end_current_session(send: Asking) -> Response:
    """Signs out. The access token of this request counts no more."""
    return await send(EndSession())


# Only ids: `refresh` and `current` are no sessions.
@router.delete("/{session_id:uuid}", status_code=204)
async def end_session(session_id: UUID, send: Asking) -> Response:
    """Ends one of the own sessions; an admin ends anybody's."""
    return await send(EndSession(session_id))


def client_address(request: Request) -> str:
    return "" if request.client is None else request.client.host
