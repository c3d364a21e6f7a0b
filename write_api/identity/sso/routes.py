from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from runtime.cookies import cookie, set_cookie, signs_in_by_cookie
from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from runtime.response_headers import references
from write_api.http.commands import Anonymous, Asking
from write_api.http.documentation import Responses
from write_api.identity.browser import in_cookies, without_cookies
from write_api.identity.commands import EndSsoSession, SignInWithProvider
from write_api.identity.schemas import SsoLogoutBody, SsoLogoutPlace, SsoProviderList
from write_api.identity.session_routes import device_of
from write_api.identity.sso.errors import refused_by_provider, sign_in_unknown
from write_api.identity.sso.starts import COOKIE, browser_secret
from write_api.persistence.json import dump_json
from write_api.services import services_of

router = APIRouter(prefix="/v1/sso", tags=["identity"], route_class=StrictJSONRoute)

ProviderName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,31}$", description="From GET /v1/sso")]
ReturnTo = Annotated[
    str,
    Query(
        max_length=2_048,
        description="Where to go afterwards: a path of ours, or a page of an origin that the settings allow",
    ),
]
# What comes back from a provider has no form of ours; all of it that matters is compared or checked.
Said = Annotated[str, Query(max_length=4_096)]
_REDIRECT: Responses = {303: {"description": "Elsewhere", "headers": references(["Location", "Set-Cookie"])}}


@router.get("", response_model=SsoProviderList)
async def list_sso_providers(request: Request) -> Response:
    """Who else signs people in, for the buttons of a login page."""
    services = services_of(request)
    providers, beginning = services.single_sign_on.providers.values(), services.settings.public_path
    items = [
        {
            "name": each.config.name,
            "label": each.config.shown_label,
            "login": f"{beginning}/v1/sso/{each.config.name}/login",
        }
        for each in providers
    ]
    return Response(dump_json({"items": items, "next": None, "prev": None}), media_type="application/json")


@router.get(
    "/{provider}/login",
    status_code=303,
    response_class=Response,
    responses={**_REDIRECT, **problem_responses(404, 502, 503)},
)
async def sign_in_at_provider(provider: ProviderName, request: Request, return_to: ReturnTo = "/") -> Response:
    """For a link or a button: leads the browser to the provider, and by it back to the callback."""
    sign_on = services_of(request).single_sign_on
    browser = browser_secret(cookie(request.scope["headers"], COOKIE))
    response = _redirect(await sign_on.begin(provider, return_to, browser))
    response.headers.append("Set-Cookie", set_cookie(COOKIE, browser, sign_on.starts.ttl_s))
    return response


@router.get(
    "/{provider}/callback",
    status_code=303,
    response_class=Response,
    responses={**_REDIRECT, **problem_responses(400, 403, 404, 409, 502, 503)},
)
async def return_from_provider(
    provider: ProviderName,
    request: Request,
    send: Anonymous,
    state: Said = "",
    code: Said = "",
    error: Said = "",
    iss: Said = "",
) -> Response:
    """The provider leads here. Signs the browser in, by cookies, and goes on to where it wanted to go."""
    sign_on = services_of(request).single_sign_on
    known = sign_on.provider(provider)
    start = await sign_on.starts.finish(provider, state, cookie(request.scope["headers"], COOKIE))
    known.require_issuer(iss or None)
    if error:
        raise refused_by_provider(known.config.shown_label, error[:100])
    if not code:
        raise sign_in_unknown()
    proven = await sign_on.finish(start, code)
    command = SignInWithProvider(proven.claims, known.rules, proven.id_token, device_of(request, None))
    signed_in = in_cookies(await send.outcome(command))
    response = _redirect(start.return_to)
    for value in signed_in.headers.getlist("set-cookie"):
        response.headers.append("Set-Cookie", value)
    return response


@router.post("/logout", response_model=SsoLogoutPlace, responses=problem_responses(502, 503))
async def sign_out_everywhere(body: SsoLogoutBody, request: Request, send: Asking) -> Response:
    """Ends the session, and says where the browser goes to end the one at the provider, too; null if there is none."""
    sign_on = services_of(request).single_sign_on
    # First: where it may not lead, nothing is done.
    sign_on.own_place(body.return_to)
    outcome = await send.outcome(EndSsoSession())
    came_by = (outcome.body or {}).get("provider")
    place = None if came_by is None else await sign_on.logout_url(came_by[0], came_by[1], body.return_to)
    response = Response(dump_json({"redirect_to": place}), media_type="application/json")
    return without_cookies(response) if signs_in_by_cookie(request.scope["headers"]) else response


def _redirect(place: str) -> Response:
    return Response(status_code=303, headers={"Location": place})
