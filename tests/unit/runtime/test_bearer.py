import uuid
from datetime import datetime, timezone
from typing import Optional

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Scope

from runtime import error_handlers
from runtime.api_tokens import KnownApiTokens
from runtime.bearer import OptionalBearer, RequiredBearer, principal_of
from runtime.settings import Settings
from runtime.tokens import READ_API, AccessTokens
from tests.unit.runtime.api import client_of

THING = "/v1/things/01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11"


async def test_the_token_is_what_follows_bearer(client: httpx.AsyncClient) -> None:
    for scheme in ("Bearer", "bearer"):
        answer = await client.delete(THING, headers={"Authorization": f"{scheme} a.b.c"})
        assert answer.json() == {"token": "a.b.c"}


async def test_without_a_token_the_answer_says_how_to_get_one(client: httpx.AsyncClient) -> None:
    answer = await client.delete(THING)
    assert answer.status_code == 401 and answer.json()["code"] == "authentication.required"
    assert answer.headers["www-authenticate"] == 'Bearer realm="tidedesk"'


@pytest.mark.parametrize(
    "values", [["Basic YTpi"], ["Bearer"], ["Bearer "], [""], ["Bearer a", "Bearer b"], ["Token a"]]
)
async def test_anything_else_is_refused(client: httpx.AsyncClient, values: list[str]) -> None:
    answer = await client.delete(THING, headers=[("Authorization", value) for value in values])
    assert answer.status_code == 401 and answer.json()["code"] == "token.invalid"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_only_a_verified_token_counts_for_the_rate_limit() -> None:
    tokens = AccessTokens(Settings())
    user_id = uuid.uuid4()
    token, _ = tokens.issue(user_id, "agent", uuid.uuid4(), datetime.now(timezone.utc))
    identify = principal_of(tokens, KnownApiTokens(), READ_API)

    def scope(*values: str) -> Scope:
        return {"type": "http", "method": "GET", "headers": [(b"authorization", value.encode()) for value in values]}

    principal = identify(scope(f"Bearer {token}"))
    assert principal is not None and principal.user_id == user_id
    for stranger in (
        (),
        ("Bearer forged",),
        (f"Bearer {token}x",),
        (f"Bearer {token}", f"Bearer {token}"),
        ("Basic x",),
    ):
        assert identify(scope(*stranger)) is None


async def test_as_parameters_they_refuse_and_pass_on_alike() -> None:
    app = FastAPI()
    error_handlers.install(app, {})

    @app.get("/optional")
    async def optional(bearer: OptionalBearer) -> Optional[str]:
        return bearer

    @app.get("/required")
    async def required(bearer: RequiredBearer) -> str:
        return bearer

    async with client_of(app) as client:
        assert (await client.get("/optional")).json() is None
        assert (await client.get("/optional", headers={"Authorization": "Basic x"})).status_code == 401
        assert (await client.get("/required")).status_code == 401
        for path in ("/optional", "/required"):
            assert (await client.get(path, headers={"Authorization": "Bearer a.b.c"})).json() == "a.b.c"
