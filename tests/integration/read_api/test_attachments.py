from __future__ import annotations

import hashlib
import secrets
from typing import Any

import httpx
import pytest

from runtime.files.choose import open_file_store
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id
from tests.support.desk import problem
from tests.support.files import PDF, PNG

Person = dict[str, Any]
CONTENT = PNG + bytes(range(256)) * 2_000


async def shelved(library: Library, ticket: Person, index: int = 0, content: bytes = CONTENT, **given: Any) -> Person:
    """A file on a message of the ticket, by the place of the message."""
    key = secrets.token_hex(32)
    async with open_file_store(library.settings).receive(key) as arriving:
        await arriving.write(content)
        await arriving.keep()
    facts = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "storage_key": key}
    return await library.shelf.attachment(ticket, ticket["messages"][index], **facts, **given)


async def downloaded(library: Library, who: Person | None, attachment_id: str, **headers: str) -> httpx.Response:
    return await library.answer(who, f"/v1/attachments/{attachment_id}", headers=headers)


async def test_a_file_is_sent_to_be_saved_and_never_shown(library: Library, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer)
    attachment = await shelved(library, ticket, file_name='st"ripes\u5199.png')
    answer = await downloaded(library, customer, attachment["id"])
    assert answer.status_code == 200 and answer.content == CONTENT
    headers = answer.headers
    assert headers["Content-Type"] == "image/png" and headers["Content-Length"] == str(len(CONTENT))
    assert (
        headers["Content-Disposition"]
        == "attachment; filename=\"st_ripes_.png\"; filename*=UTF-8''st%22ripes%E5%86%99.png"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"].split("; ")
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["ETag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert headers["Freshness"].startswith("as_of=")
    assert headers.get_list("Content-Security-Policy") == [headers["Content-Security-Policy"]]
    assert attachment["storage_key"] not in str(headers)


async def test_whatever_it_is_it_is_only_saved(library: Library, customer: Person) -> None:
    """Even if a page had found its way into the store."""
    ticket = await library.shelf.ticket(customer)
    for media_type in ("text/html", "image/svg+xml", "text/plain"):
        attachment = await shelved(library, ticket, content=b"<script>alert(1)</script>", media_type=media_type)
        answer = await downloaded(library, customer, attachment["id"])
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


async def test_known_files_and_parts_of_them(library: Library, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer)
    attachment = await shelved(library, ticket)
    tag, size = f'"{attachment["sha256"]}"', len(CONTENT)
    known = await downloaded(library, customer, attachment["id"], **{"If-None-Match": tag})
    assert (known.status_code, known.content) == (304, b"")
    part = await downloaded(library, customer, attachment["id"], Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, CONTENT[10:20])
    assert (part.headers["Content-Range"], part.headers["Content-Length"]) == (f"bytes 10-19/{size}", "10")
    rest = await downloaded(library, customer, attachment["id"], Range=f"bytes={size - 5}-", **{"If-Range": tag})
    assert (rest.status_code, rest.content) == (206, CONTENT[-5:])
    other = await downloaded(library, customer, attachment["id"], Range="bytes=0-1", **{"If-Range": '"older"'})
    assert (other.status_code, other.content) == (200, CONTENT)
    beyond = await downloaded(library, customer, attachment["id"], Range=f"bytes={size}-")
    problem(beyond, 416, "range.not_satisfiable")
    assert beyond.headers["Content-Range"] == f"bytes */{size}"


async def test_only_who_sees_the_message_gets_its_file(
    library: Library, customer: Person, other_customer: Person, agent: Person
) -> None:
    ticket = await library.shelf.ticket(customer, notes=("A note.",))
    public, noted = await shelved(library, ticket), await shelved(library, ticket, 1, PDF)
    never = new_id()
    unlike = [await downloaded(library, other_customer, never)]
    for who, seen, unseen in (
        (agent, [public, noted], []),
        (customer, [public], [noted]),
        (other_customer, [], [public, noted]),
    ):
        for attachment in seen:
            assert (await downloaded(library, who, attachment["id"])).status_code == 200
        for attachment in unseen:
            unlike.append(await downloaded(library, who, attachment["id"]))
    problem(await downloaded(library, None, public["id"]), 401, "authentication.required")
    details = {problem(answer, 404, "attachment.not_found")["detail"] for answer in unlike}
    assert len(details) == 1


async def test_with_the_right_to_the_ticket_the_file_is_lost(library: Library) -> None:
    """An organization that no longer lets its members see one another's tickets."""
    organization = await library.shelf.organization("Shared", shares_tickets=True)
    requester, colleague = [await library.shelf.user("customer", organization_id=organization["id"]) for _ in range(2)]
    ticket = await library.shelf.ticket(requester, organization_id=organization["id"])
    attachment = await shelved(library, ticket)
    assert (await downloaded(library, colleague, attachment["id"])).status_code == 200
    await library.shelf.organization("Shared", shares_tickets=False, id=organization["id"])
    problem(await downloaded(library, colleague, attachment["id"]), 404, "attachment.not_found")
    assert (await downloaded(library, requester, attachment["id"])).status_code == 200
    await library.shelf.bury("tickets", ticket["id"])
    problem(await downloaded(library, requester, attachment["id"]), 404, "attachment.not_found")


@pytest.mark.parametrize("wrong", ["1", "..", "%2e%2e%2fenv", "0" * 5_000, "me"])
async def test_what_is_no_id_is_not_there(library: Library, agent: Person, wrong: str) -> None:
    answer = await library.answer(agent, f"/v1/attachments/{wrong}")
    assert answer.status_code == 404, answer.text


async def test_a_file_that_was_lost_is_said_to_be(library: Library, agent: Person) -> None:
    ticket = await library.shelf.ticket(agent)
    attachment = await library.shelf.attachment(ticket, ticket["messages"][0])
    problem(await downloaded(library, agent, attachment["id"]), 404, "attachment.file_missing")


async def test_messages_show_what_hangs_on_them(library: Library, customer: Person) -> None:
    shown = {"id": new_id(), "file_name": "a.png", "media_type": "image/png", "size_bytes": 7}
    ticket = await library.shelf.ticket(customer, attachments=[shown], messages=[("One", "public"), ("Two", "public")])
    await library.shelf.refresh()
    by_id = await library.get(customer, f"/v1/tickets/{ticket['id']}")
    assert [message["attachments"] for message in by_id["messages"]] == [[shown], []]
    thread = await library.get(customer, f"/v1/tickets/{ticket['id']}/messages")
    assert [message["attachments"] for message in thread["items"]] == [[shown], []]
