from typing import Union
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from runtime.cookies import signs_in_by_cookie
from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from runtime.request_id import current_request_id
from runtime.response_headers import references
from write_api.http.commands import Asking
from write_api.http.responses import respond
from write_api.identity.browser import in_cookies
from write_api.identity.commands import EndSessions, ListSessions
from write_api.identity.password_sign_in import Attempt
from write_api.identity.schemas import ChangePasswordBody, SessionList, SignedIn, SignedInBrowser
from write_api.identity.session_routes import device_of
from write_api.services import services_of

router = APIRouter(prefix="/v1/users", tags=["identity"], route_class=StrictJSONRoute)


@router.post(
    "/me/password",
    response_model=Union[SignedIn, SignedInBrowser],
    responses={200: {"headers": references(["Set-Cookie"])}},
)
async def change_own_password(body: ChangePasswordBody, request: Request, send: Asking) -> Response:
    """Changes the own password, who knows the present one. Ends all sessions, and answers with a new one."""
    device = device_of(request, body.audience)
    attempt = Attempt("", body.current_password, device.ip_address, device.user_agent, current_request_id())
    own_password = services_of(request).own_password
    command = await own_password.command_for(send.principal.user_id, attempt, body.password, device)
    outcome = await send.outcome(command)
    return in_cookies(outcome) if signs_in_by_cookie(request.scope["headers"]) else respond(outcome)


@router.get("/{user_id}/sessions", response_model=SessionList, responses=problem_responses(403))
async def list_sessions_of_user(user_id: UUID, send: Asking) -> Response:
    """Where a user is signed in. For admins, and for the user."""
    return await send(ListSessions(user_id))


@router.delete("/{user_id}/sessions", status_code=204, responses=problem_responses(403))
async def end_sessions_of_user(user_id: UUID, send: Asking) -> Response:
    """Signs a user out everywhere. For admins, and for the user."""
    return await send(EndSessions(user_id))
