"""A small API as both of ours are composed, to try the edge with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, Dict, List, Optional
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request
from pydantic import BaseModel, Field

from runtime.app import build_api
from runtime.bearer import bearer_scheme, optional_bearer_scheme, required_token
from runtime.consistency import InvalidConsistencyToken
from runtime.cursors import InvalidCursor
from runtime.error_handlers import ErrorTable
from runtime.errors import StoreUnavailable
from runtime.health import Check
from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from runtime.problems import ErrorItem, ProblemError
from runtime.settings import Settings
from runtime.tokens import InvalidToken
from runtime.types import BigInt, EmailAddress, PatchModel, SafeStr, StrictModel


class Colour(str, Enum):
    RED = "red"
    BLUE = "blue"


class NewThing(StrictModel):
    name: SafeStr = Field(..., min_length=1, max_length=20, example="Lamp")
    size: BigInt = BigInt(1)
    email: Optional[EmailAddress] = None
    anything: Any = None


class ThingPatch(PatchModel):
    clearable = frozenset({"colour"})

    name: Optional[SafeStr] = Field(None, min_length=1, max_length=20)
    colour: Optional[Colour] = None


class Part(BaseModel):
    label: Optional[str] = None


class Thing(BaseModel):
    """Something."""

    name: str
    colour: Optional[Colour] = None
    kind: Optional[str] = Field(None, example="lamp")
    main_part: Optional[Part] = None
    parts: List[Optional[Part]] = []
    notes: Dict[str, Optional[str]] = {}
    count: BigInt = BigInt(0)


class Broken(Exception):
    """Stands for an error of the domain."""


router = APIRouter(prefix="/v1/things", tags=["things"], route_class=StrictJSONRoute)


FAILURES: Dict[str, Exception] = {
    "domain": Broken("in two"),
    "token": InvalidToken("wrong iss"),
    "cursor": InvalidCursor(),
    "consistency": InvalidConsistencyToken(),
    "teapot": HTTPException(418, "short and stout"),
    "gateway": HTTPException(502, "10.0.0.7 refused"),
}


@router.post("", status_code=201, responses=problem_responses(409))
async def make_thing(body: NewThing) -> Dict[str, Any]:
    return body.dict(exclude_unset=True)


@router.get("", response_model=List[Thing])
async def list_things(limit: int = Query(10, ge=1, le=100), q: Optional[SafeStr] = None) -> List[Thing]:
    return [Thing.parse_obj({"name": q or ""})]


@router.patch("/{thing_id}", dependencies=[Depends(optional_bearer_scheme)])
async def change_thing(thing_id: UUID, body: ThingPatch) -> Dict[str, Any]:
    return body.changes()


@router.delete("/{thing_id}", dependencies=[Depends(bearer_scheme)])
async def remove_thing(request: Request, thing_id: UUID, if_match: Optional[str] = Header(None)) -> Dict[str, str]:
    return {"token": required_token(request.scope)}


@router.post("/poke")
async def poke_things() -> Dict[str, str]:
    return {"poked": "yes"}


@router.get("/fail/{how}")
async def fail(how: str) -> None:
    if how == "store":
        raise StoreUnavailable("redis", "10.0.0.7 refused", retry_after_s=7)
    if how == "problem":
        item = ErrorItem("a.fault", "Half \ud800 a pair.", pointer="/name")
        raise ProblemError(409, "thing.broken", "It broke.", errors=[item], extensions={"allowed": ["mend"]})
    raise FAILURES.get(how, RuntimeError("the password is hunter2"))


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


def settings_of(**values: Any) -> Settings:
    return Settings(**values)


def make_app(settings: Optional[Settings] = None, checks: Sequence[Check] = (), **options: Any) -> FastAPI:
    table: ErrorTable = {Broken: lambda error: ProblemError(409, "thing.broken", f"It broke {error}.")}
    return build_api("Things", settings or Settings(), lifespan, [router], table, checks, **options)


def client_of(app: FastAPI, **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver", **options)
