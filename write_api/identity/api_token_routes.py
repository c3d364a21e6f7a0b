from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from runtime.response_headers import references
from write_api.http.commands import Asking, Issuing
from write_api.identity.commands import CreateApiToken, ListApiTokens, RenameApiToken, RevokeApiToken
from write_api.identity.schemas import ApiTokenItem, ApiTokenList, ApiTokenMade, CreateApiTokenBody, RenameApiTokenBody

router = APIRouter(prefix="/v1", tags=["identity"], route_class=StrictJSONRoute)


@router.post(
    "/api-tokens",
    status_code=201,
    response_model=ApiTokenMade,
    responses={201: {"headers": references(["Location"])}, **problem_responses(403, 409)},
)
async def create_api_token(body: CreateApiTokenBody, send: Issuing) -> Response:
    """Makes a token by which a program acts as the caller, within its scopes. It is shown only now."""
    return await send(CreateApiToken(body.name, tuple(body.scopes), body.expires_at))


@router.get("/api-tokens", response_model=ApiTokenList, responses=problem_responses(403))
async def list_api_tokens(send: Asking) -> Response:
    """Those of the caller that were not revoked."""
    return await send(ListApiTokens())


@router.get("/users/{user_id}/api-tokens", response_model=ApiTokenList, responses=problem_responses(403))
async def list_api_tokens_of_user(user_id: UUID, send: Asking) -> Response:
    """Those of a user. For admins, and for the user."""
    return await send(ListApiTokens(user_id))


@router.patch("/api-tokens/{token_id}", response_model=ApiTokenItem, responses=problem_responses(403))
async def rename_api_token(token_id: UUID, body: RenameApiTokenBody, send: Asking) -> Response:
    """Gives it another name. Its scopes are final: whoever holds it shall not be able to do more some day."""
    return await send(RenameApiToken(token_id, body.name))


@router.delete("/api-tokens/{token_id}", status_code=204, responses=problem_responses(403))
async def revoke_api_token(token_id: UUID, send: Asking) -> Response:
    """Ends one of the own tokens; an admin ends anybody's."""
    return await send(RevokeApiToken(token_id))
