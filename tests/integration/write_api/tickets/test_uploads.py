from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from domain.shared.ids import uuid7
from runtime.settings import Settings
from tests.integration.write_api.conftest import SignIn, Someone, stored_organization
from tests.integration.write_api.rows import event_types, one_row
from tests.support.asgi import client_for, running
from tests.support.desk import problem
from tests.support.files import HTML, PDF, PNG, POLYGLOT, PROGRAM, SVG
from write_api.bootstrap import create_app
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

pytestmark = pytest.mark.integration

Upload = Callable[..., Awaitable[httpx.Response]]
Kept = Callable[[], set[str]]
LIMIT_BYTES, USER_QUOTA, ORGANIZATION_QUOTA = 100_000, 250_000, 300_000


@pytest.fixture
def small_settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.copy(
        update={
            "attachment_folder": str(tmp_path / "attachments"),
            "attachment_limit_bytes": LIMIT_BYTES,
            "attachment_user_quota_bytes": USER_QUOTA,
            "attachment_organization_quota_bytes": ORGANIZATION_QUOTA,
        }
    )


@pytest_asyncio.fixture
async def small_app(small_settings: Settings) -> AsyncIterator[ASGIApp]:
    async with running(create_app(small_settings)) as application:
        yield application


@pytest.fixture
def upload(small_app: ASGIApp) -> Upload:
    """Sends a file as somebody, to an API with small limits."""

    async def send(
        someone: Someone, content: bytes | AsyncIterator[bytes], file_name: str = "a.png", **headers: str
    ) -> httpx.Response:
        async with client_for(small_app, {**someone.client.headers, **headers}) as client:
            return await client.post("/v1/attachments", params={"file_name": file_name}, content=content)

    return send


@pytest.fixture
def kept(small_settings: Settings) -> Kept:
    """Names of all files in the store."""

    def names() -> set[str]:
        folder = Path(small_settings.attachment_folder)
        return {path.name for path in folder.rglob("*") if path.is_file()}

    return names


@pytest_asyncio.fixture
async def someone(sign_in: SignIn) -> Someone:
    """Who has uploaded nothing yet."""
    return await sign_in("customer")


def png(size_bytes: int) -> bytes:
    return PNG + bytes(size_bytes - len(PNG))


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 10_000):
        yield content[start : start + 10_000]


async def files_of(pool: Pool) -> set[str]:
    return {row["storage_key"] for row in await pool.fetch("SELECT storage_key FROM attachment_files")}


async def test_an_upload_answers_what_the_file_is(
    someone: Someone, upload: Upload, kept: Kept, pool: Pool, small_settings: Settings
) -> None:
    content = png(70_000)
    answer = await upload(someone, in_pieces(content), "../shots/stripes.PNG", **{"Content-Type": "text/html"})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body == {
        "id": body["id"],
        "file_name": "stripes.PNG",
        "media_type": "image/png",
        "size_bytes": 70_000,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert answer.headers["Location"] == f"/v1/attachments/{body['id']}"
    row = await one_row(pool, "SELECT * FROM attachments WHERE id = $1", UUID(body["id"]))
    assert row["owner_id"] == someone.user.id and row["message_id"] is None
    assert kept() == {row["storage_key"]} and row["storage_key"] not in answer.text
    path = Path(small_settings.attachment_folder) / row["storage_key"][:3] / row["storage_key"]
    assert path.read_bytes() == content
    assert await event_types(pool, body["id"]) == ["AttachmentUploaded"]
    pending = await one_row(pool, "SELECT event_type, part_of FROM outbox WHERE aggregate_id = $1", UUID(body["id"]))
    assert tuple(pending.values()) == ("AttachmentUploaded", None)


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("drawing.svg", SVG, 415, "attachment.type_not_allowed"),
        ("page.png", HTML, 415, "attachment.type_not_allowed"),
        ("page.png", HTML + b" " * 20_000, 415, "attachment.type_not_allowed"),
        ("setup.pdf", PROGRAM, 415, "attachment.type_not_allowed"),
        ("empty.png", b"", 422, "attachment.empty"),
        ("large.png", png(LIMIT_BYTES + 1), 413, "body.too_large"),
    ],
)
@pytest.mark.parametrize("announced", [True, False])
async def test_what_is_refused_leaves_nothing(
    someone: Someone,
    upload: Upload,
    kept: Kept,
    pool: Pool,
    name: str,
    content: bytes,
    status: int,
    code: str,
    announced: bool,
) -> None:
    before = await files_of(pool)
    problem(await upload(someone, content if announced else in_pieces(content), name), status, code)
    assert kept() == set() and await files_of(pool) == before


@pytest.mark.parametrize(
    ("said", "content", "called"),
    [
        ("page.html", POLYGLOT, "page.html.gif"),
        ("../../etc/cron.d/x", PDF, "x.pdf"),
        ("a.png\r\nSet-Cookie: stolen=1", PNG, "a.pngSet-Cookie_ stolen=1.png"),
        ("..", PDF, "file.pdf"),
    ],
)
async def test_a_name_is_cleaned(someone: Someone, upload: Upload, said: str, content: bytes, called: str) -> None:
    assert (await upload(someone, content, said)).json()["file_name"] == called


async def test_a_name_is_needed(someone: Someone) -> None:
    answer = await someone.client.post("/v1/attachments", content=PNG)
    problem(answer, 422, "request.invalid")
    assert answer.json()["errors"][0]["parameter"] == "file_name"
    for name in ("", "x" * 1_025):
        problem(
            await someone.client.post("/v1/attachments", params={"file_name": name}, content=PNG),
            422,
            "request.invalid",
        )


async def test_a_parameter_that_there_is_not_is_problem(someone: Someone) -> None:
    params = {"file_name": "a.png", "filename": "b.png"}
    answer = await someone.client.post("/v1/attachments", params=params, content=PNG)
    problem(answer, 422, "request.invalid")
    assert answer.json()["errors"][0] == {
        **answer.json()["errors"][0],
        "code": "parameter.unknown",
        "parameter": "filename",
    }


@pytest.mark.parametrize("envelope", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
async def test_a_form_around_the_file_is_problem(someone: Someone, upload: Upload, envelope: str) -> None:
    problem(await upload(someone, PNG, **{"Content-Type": envelope}), 415, "body.unsupported_type")
    problem(await upload(someone, PNG, **{"Content-Encoding": "gzip"}), 415, "body.unsupported_type")


async def test_nobody_uploads_without_a_session(
    anonymous: httpx.AsyncClient, sign_in: SignIn, upload: Upload, pool: Pool, kept: Kept
) -> None:
    answer = await anonymous.post("/v1/attachments", params={"file_name": "a.png"}, content=PNG)
    problem(answer, 401, "authentication.required")
    ended = await sign_in("customer")
    await pool.execute("UPDATE sessions SET revoked_at = now() WHERE id = $1", ended.session.id)
    problem(await upload(ended, PNG), 401, "token.invalid")
    assert kept() == set()


async def test_nobody_goes_beyond_their_quota(someone: Someone, upload: Upload, kept: Kept) -> None:
    for _ in range(2):
        assert (await upload(someone, png(100_000))).status_code == 201
    for content in (png(50_001), in_pieces(png(50_001))):
        answer = await upload(someone, content)
        problem(answer, 413, "attachment.quota_exceeded")
        assert answer.json()["room_bytes"] == 50_000
    assert (await upload(someone, png(50_000))).status_code == 201
    problem(await upload(someone, b""), 413, "attachment.quota_exceeded")
    assert len(kept()) == 3


async def test_uploads_at_once_do_not_pass_the_quota_together(
    someone: Someone, upload: Upload, kept: Kept, pool: Pool
) -> None:
    answers = await asyncio.gather(*(upload(someone, png(90_000)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, *[413] * 6]
    total = await pool.fetchval("SELECT sum(size_bytes) FROM attachments WHERE owner_id = $1", someone.user.id)
    assert total == 180_000 and len(kept()) == 2


async def test_an_organization_shares_a_quota(sign_in: SignIn, unit_of_work: UnitOfWorkFactory, upload: Upload) -> None:
    organization = await stored_organization(unit_of_work, shares_tickets=False)
    people = [await sign_in("customer", organization.id) for _ in range(4)]
    answers = await asyncio.gather(*(upload(one, png(90_000)) for one in people))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 413]


async def test_a_repeated_upload_is_one_attachment(someone: Someone, upload: Upload, kept: Kept) -> None:
    headers = {"Idempotency-Key": f"upload-{uuid7()}"}
    first, second = [await upload(someone, in_pieces(png(30_000)), **headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json() and second.headers["Idempotency-Replayed"] == "true"
    assert len(kept()) == 1
    problem(await upload(someone, png(30_001), **headers), 422, "idempotency.key_reused")
    problem(await upload(someone, in_pieces(png(30_000)), "b.png", **headers), 422, "idempotency.key_reused")
    assert len(kept()) == 1


async def test_a_caller_who_goes_away_leaves_nothing(
    small_app: ASGIApp, someone: Someone, kept: Kept, pool: Pool
) -> None:
    before, came = await files_of(pool), iter([png(60_000)[:50_000]])
    beside: list[set[str]] = []

    async def receive() -> dict[str, Any]:
        for piece in came:
            return {"type": "http.request", "body": piece, "more_body": True}
        beside.append(kept())
        return {"type": "http.disconnect"}

    async def send(_: Any) -> None:
        raise AssertionError("nobody is there to be answered")

    headers = [
        (b"host", b"127.0.0.1"),
        (b"transfer-encoding", b"chunked"),
        (b"authorization", someone.client.headers["Authorization"].encode()),
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/attachments",
        "raw_path": b"/v1/attachments",
        "query_string": b"file_name=a.png",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "http_version": "1.1",
        "root_path": "",
    }
    await small_app(scope, receive, send)
    assert [{name.removesuffix(".part") != name for name in names} for names in beside] == [{True}]
    assert kept() == set() and await files_of(pool) == before


async def test_who_is_too_slow_is_told_so(settings: Settings, someone: Someone, tmp_path: Path) -> None:
    hurried = settings.copy(update={"attachment_folder": str(tmp_path), "attachment_upload_timeout_s": 0.1})

    async def stalls() -> AsyncIterator[bytes]:
        yield PNG
        await asyncio.Event().wait()

    async with running(create_app(hurried)) as app, client_for(app, dict(someone.client.headers)) as client:
        answer = await client.post("/v1/attachments", params={"file_name": "a.png"}, content=stalls())
    problem(answer, 408, "attachment.too_slow")


async def test_a_store_that_is_away_is_named(settings: Settings, someone: Someone, tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = settings.copy(update={"attachment_folder": str(tmp_path / "file")})
    async with running(create_app(blocked)) as app, client_for(app, dict(someone.client.headers)) as client:
        answer = await client.post("/v1/attachments", params={"file_name": "a.png"}, content=PNG)
    problem(answer, 503, "store.unavailable")
    assert answer.json()["store"] == "attachment_store"
    assert await pool.fetchval("SELECT count(*) FROM attachments WHERE owner_id = $1", someone.user.id) == 0
