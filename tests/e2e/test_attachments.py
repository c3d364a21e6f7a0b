"""Files through all processes: from the wire into the store and back, and what must not come through."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from projector.attachment_files import sweep_files
from runtime.files.choose import open_file_store
from tests.support.desk import Caller, expect, open_ticket, problem, upload, waiting_for
from tests.support.eventually import eventually
from tests.support.files import HTML, PDF, PNG, POLYGLOT, SVG
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tests.support.world import World

MEGABYTE = 1_048_576


def kept(world: World) -> set[str]:
    return {path.name for path in Path(world.settings.attachment_folder).rglob("*") if path.is_file()}


async def attached(
    author: Caller,
    content: bytes = PNG,
    file_name: str = "stripes.png",
    *,
    ticket: dict[str, Any] | None = None,
    visibility: str = "public",
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A ticket with a message that has this file; and the file."""
    file = await upload(author, content, file_name)
    if ticket is None:
        return await open_ticket(author, attachment_ids=[file["id"]]), file
    body = {"body": "See there.", "visibility": visibility, "attachment_ids": [file["id"]]}
    answer = await author.write.post(f"/v1/tickets/{ticket['id']}/messages", json=body)
    expect(answer, 201)
    return {**ticket, "token": answer.headers["Consistency-Token"]}, file


async def downloaded(caller: Caller, file: dict[str, Any], token: str | None = None) -> httpx.Response:
    headers = {} if token is None else waiting_for(token)
    return await caller.read.get(f"/v1/attachments/{file['id']}", headers=headers)


async def test_a_large_file_goes_in_and_comes_out_as_it_was(customer: Caller, agent: Caller) -> None:
    content = PDF + bytes(range(256)) * (20 * MEGABYTE // 256)
    ticket, file = await attached(customer, content, "manual.pdf")
    answer = await downloaded(agent, file, ticket["token"])
    assert answer.status_code == 200 and answer.headers["Preference-Applied"] == "wait"
    assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
    by_id = expect(await agent.read.get(f"/v1/tickets/{ticket['id']}", headers=waiting_for(ticket["token"])))
    shown = {name: file[name] for name in ("id", "file_name", "media_type", "size_bytes")}
    assert by_id["messages"][0]["attachments"] == [shown]


@pytest.mark.parametrize(
    ("name", "content"),
    [("drawing.svg", SVG), ("drawing.png", SVG), ("page.png", HTML), ("page.png", HTML + bytes(20 * MEGABYTE))],
)
async def test_what_a_browser_would_run_is_not_taken(
    served_world: World, customer: Caller, name: str, content: bytes
) -> None:
    before = kept(served_world)
    answer = await customer.write.post("/v1/attachments", params={"file_name": name}, content=content)
    problem(answer, 415, "attachment.type_not_allowed")
    assert kept(served_world) == before


@pytest.mark.parametrize(
    ("said", "content", "called"),
    [
        ("page.html", POLYGLOT, "page.html.gif"),
        ("../../x", PDF, "x.pdf"),
        ("a.png\r\nX-Evil: 1", PNG, "a.pngX-Evil_ 1.png"),
        ('a"; filename="evil.html', PNG, "a_; filename=_evil.html.png"),
    ],
)
async def test_it_is_saved_under_a_safe_name_only(agent: Caller, said: str, content: bytes, called: str) -> None:
    ticket, file = await attached(agent, content, said)
    assert file["file_name"] == called
    answer = await downloaded(agent, file, ticket["token"])
    assert answer.status_code == 200 and answer.content == content
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Type"] == file["media_type"]
    assert "X-Evil" not in answer.headers


async def test_nothing_and_too_much(served_world: World, customer: Caller) -> None:
    before = kept(served_world)
    large = PNG + bytes(served_world.settings.attachment_limit_bytes)

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(large), MEGABYTE):
            yield large[start : start + MEGABYTE]

    for content, status in ((b"", 422), (large, 413), (unannounced(), 413)):
        answer = await customer.write.post("/v1/attachments", params={"file_name": "a.png"}, content=content)
        assert answer.status_code == status, answer.text
    assert kept(served_world) == before


async def test_twice_the_quota(served: Served, served_world: World, people: People) -> None:
    """Counted from rows, so what was there before counts without having been sent."""
    someone = await served.desk.register(people.admin, "customer")
    file = await upload(someone, PNG)
    quota = served_world.settings.attachment_user_quota_bytes
    await served_world.pool.execute("UPDATE attachments SET size_bytes = $2 WHERE id = $1", UUID(file["id"]), 2 * quota)
    before = kept(served_world)
    answer = await someone.write.post("/v1/attachments", params={"file_name": "a.png"}, content=PNG)
    assert problem(answer, 413, "attachment.quota_exceeded")["room_bytes"] == 0
    assert kept(served_world) == before


async def test_an_upload_that_breaks_off_leaves_no_orphan(
    served: Served, served_world: World, customer: Caller
) -> None:
    before = kept(served_world)
    url = httpx.URL(served.write_url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        f"POST /v1/attachments?file_name=a.png HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000000\r\n"
        f"Authorization: Bearer {customer.token}\r\n\r\n"
    )
    writer.write(head.encode() + PNG + bytes(1_000_000))
    await writer.drain()

    async def has_begun() -> bool:
        return len(kept(served_world)) > len(before)

    await eventually(has_begun)
    writer.close()
    await writer.wait_closed()

    async def is_gone() -> bool:
        rows = await served_world.pool.fetchval(
            "SELECT count(*) FROM attachment_files WHERE storage_key NOT IN (SELECT storage_key FROM attachments)"
        )
        return kept(served_world) == before and rows == 0

    await eventually(is_gone)


async def test_who_may_not_see_the_message_gets_no_file_of_it(people: People) -> None:
    ticket, file = await attached(people.customer)
    noted, note_file = await attached(people.agent, ticket=ticket, visibility="internal")
    for who, reads_note in ((people.agent, True), (people.customer, False)):
        assert (await downloaded(who, file, noted["token"])).status_code == 200
        answer = await downloaded(who, note_file, noted["token"])
        assert answer.status_code == (200 if reads_note else 404)
        for path in ("", "/messages", "/history"):
            shown = await who.read.get(f"/v1/tickets/{ticket['id']}{path}", headers=waiting_for(noted["token"]))
            assert (note_file["id"] in shown.text) is (reads_note and path != "/history")
    for one in (file, note_file):
        problem(await downloaded(people.other_customer, one, noted["token"]), 404, "attachment.not_found")
        problem(await downloaded(people.anonymous, one), 401, "authentication.required")


async def test_who_signed_out_gets_no_file(served: Served, people: People) -> None:
    ticket, file = await attached(people.customer)
    again = await served.desk.sign_in(people.customer.email)
    assert (await downloaded(again, file, ticket["token"])).status_code == 200
    expect(await again.write.delete("/v1/sessions/current"), 204)

    async def is_out() -> bool:
        return (await downloaded(again, file)).status_code == 401

    await eventually(is_out)
    assert (await again.write.post("/v1/attachments", params={"file_name": "a.png"}, content=PNG)).status_code == 401


async def test_after_a_ticket_was_made_private_its_files_are_not_there(served: Served, people: People) -> None:
    admin = people.admin
    created = await admin.write.post("/v1/organizations", json={"name": word(), "shares_tickets": True})
    organization = {"organization_id": expect(created, 201)["id"]}
    requester = await served.desk.register(admin, "customer", **organization)
    colleague = await served.desk.register(admin, "customer", **organization)
    ticket, file = await attached(requester)

    async def colleague_gets(status: int) -> bool:
        return (await downloaded(colleague, file)).status_code == status

    await eventually(lambda: colleague_gets(200))
    path = f"/v1/organizations/{organization['organization_id']}"
    expect(await admin.write.patch(path, json={"shares_tickets": False}, headers={"If-Match": "*"}))
    await eventually(lambda: colleague_gets(404))
    assert (await downloaded(requester, file, ticket["token"])).status_code == 200


async def test_a_deleted_ticket_takes_its_files_with_it(served_world: World, people: People) -> None:
    ticket, file = await attached(people.admin)
    key = await served_world.pool.fetchval("SELECT storage_key FROM attachments WHERE id = $1", UUID(file["id"]))
    expect(await people.admin.read.get(f"/v1/tickets/{ticket['id']}", headers=waiting_for(ticket["token"])))
    gone = await people.admin.write.delete(f"/v1/tickets/{ticket['id']}", headers={"If-Match": ticket["etag"]})
    expect(gone, 204)
    answer = await downloaded(people.admin, file, gone.headers["Consistency-Token"])
    problem(answer, 404, "attachment.not_found")
    assert key in kept(served_world)
    files = open_file_store(served_world.settings)
    assert await sweep_files(served_world.pool, files, timedelta()) >= 1
    assert key not in kept(served_world)
