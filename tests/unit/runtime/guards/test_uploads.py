"""Paths that take files: any type, with a limit of their own. Everywhere else nothing changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, Request

from runtime.app import build_api
from tests.unit.runtime.api import client_of, lifespan, settings_of

LIMIT_BYTES, FILE_BYTES = 1_024, 50_000
router = APIRouter(prefix="/v1")


@router.post("/files")
async def take_file(request: Request) -> dict[str, Any]:
    return {"size": len(await request.body())}


@router.post("/files/others")
async def take_other(request: Request) -> dict[str, Any]:
    return await take_file(request)


@pytest.fixture
def client() -> httpx.AsyncClient:
    settings = settings_of(body_limit_bytes=LIMIT_BYTES, cors_origins=["https://portal.example.com"])
    app = build_api("Files", settings, lifespan, [router], {}, (), uploads={"/v1/files": FILE_BYTES})
    return client_of(app)


async def pieces(size_bytes: int) -> AsyncIterator[bytes]:
    for _ in range(size_bytes // 1_000):
        yield bytes(1_000)


@pytest.mark.parametrize("media_type", ["image/png", "text/html", "application/json", "no type at all", None])
async def test_a_file_of_any_type_is_taken(client: httpx.AsyncClient, media_type: str | None) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    for content in (bytes(FILE_BYTES), pieces(FILE_BYTES)):
        answer = await client.post("/v1/files", content=content, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {"size": FILE_BYTES})


async def test_its_own_limit_counts(client: httpx.AsyncClient) -> None:
    for content in (bytes(FILE_BYTES + 1), pieces(FILE_BYTES + 1_000)):
        answer = await client.post("/v1/files", content=content)
        assert (answer.status_code, answer.json()["limit_bytes"]) == (413, FILE_BYTES)


@pytest.mark.parametrize("path", ["/v1/files/others", "/v1/files/", "/v1//files", "/v1/FILES"])
async def test_no_other_path_takes_a_file(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.post(path, content=bytes(10), headers={"Content-Type": "image/png"})
    assert answer.status_code == 415
    large = await client.post(path, content=bytes(LIMIT_BYTES + 1), headers={"Content-Type": "application/json"})
    assert (large.status_code, large.json()["limit_bytes"]) == (413, LIMIT_BYTES)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "Application/X-WWW-Form-urlencoded"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_an_envelope_is_not_the_file(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/v1/files", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "body.unsupported_type")
    assert answer.headers["Accept"] == "application/octet-stream, */*"


async def test_a_browser_application_may_ask_for_parts_and_read_the_name(client: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://portal.example.com"}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range, if-range"}
    assert (await client.options("/v1/files", headers={**origin, **asked})).status_code == 200
    answer = await client.post("/v1/files", content=b"x", headers=origin)
    assert {"Content-Disposition", "Content-Range"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
