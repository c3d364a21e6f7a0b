from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from write_api.http.commands import Anonymous
from write_api.identity.schemas import RequestResetBody, ResetPasswordBody, ResetRequested
from write_api.persistence.json import dump_json
from write_api.services import services_of

router = APIRouter(prefix="/v1/password-resets", tags=["identity"], route_class=StrictJSONRoute)
ResetToken = Annotated[str, Path(min_length=1, max_length=255, description="From the link in the mail")]


@router.post("", status_code=202, response_model=ResetRequested)
async def request_password_reset(body: RequestResetBody, request: Request, _: Anonymous) -> Response:
    """Sends a link to the address, if somebody has it. The answer is the same if nobody does."""
    services = services_of(request)
    services.password_resets.request(body.email)
    expires_in = {"expires_in": services.settings.password_reset_ttl_s}
    return Response(dump_json(expires_in), 202, media_type="application/json")


@router.post("/{token}", status_code=204, responses=problem_responses(404, 409))
async def reset_password(token: ResetToken, body: ResetPasswordBody, request: Request, send: Anonymous) -> Response:
    """Sets a new password, once, and ends all sessions."""
    return await send(await services_of(request).password_resets.command_for(token, body.password))
