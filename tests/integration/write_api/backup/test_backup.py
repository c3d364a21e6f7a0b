"""A desk, its backup, and a desk made of that on fresh stores."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from projector.bootstrap import open_projector
from read_api.bootstrap import create_app as create_read_app
from runtime.settings import Settings
from tests.support.addresses import StoreAddresses
from tests.support.asgi import client_for, running
from tests.support.commands import run_command
from tests.support.database import temporary_database
from tests.support.desk import ADMIN_EMAIL, Caller, Desk, expect, open_ticket, publish_document, upload
from tests.support.eventually import eventually
from tests.support.files import PNG
from tests.support.house import House, signed_in_known
from tests.support.words import word
from write_api.backup.connection import connected
from write_api.bootstrap import create_app as create_write_app

pytestmark = pytest.mark.integration


async def command(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    return await run_command(settings, *arguments, TIDEDESK_MIGRATION_DATABASE_URL=owners(settings))


async def answer(settings: Settings, *arguments: str, code: int = 0) -> Any:
    ended, output, errors = await command(settings, *arguments, "--json")
    assert ended == code, (output, errors)
    return orjson.loads(output)


def owners(settings: Settings) -> str:
    return str(settings.database_url).partition("?")[0]


@asynccontextmanager
async def empty_stores(house: House, addresses: StoreAddresses, folder: Path) -> AsyncIterator[Settings]:
    """A database without any table, and a namespace that nobody used."""
    name = f"restored{secrets.token_hex(4)}"
    async with temporary_database(addresses, name, "template0") as url:
        changes = {"database_url": url, "namespace": name, "attachment_folder": str(folder / "attachments")}
        yield house.world.settings.copy(update=changes)


async def shown(caller: Caller) -> dict[str, Any]:
    """Everything that lists and single answers say, with what a backup has to bring back."""
    tickets = expect(await caller.read.get("/v1/tickets", params={"limit": 100, "sort": "number"}))["items"]
    details = [expect(await caller.read.get(f"/v1/tickets/{ticket['id']}")) for ticket in tickets]
    documents = expect(await caller.read.get("/v1/documents"))["items"]
    history = [expect(await caller.read.get(f"/v1/tickets/{ticket['id']}/history"))["items"] for ticket in tickets]
    people = expect(await caller.read.get("/v1/users", params={"limit": 100}))["items"]
    return {"tickets": details, "documents": documents, "history": history, "people": people}


async def furnish(house: House) -> tuple[str, str]:
    """Answers the ids of a ticket and of its attachment."""
    admin = house.admin
    customer = await house.desk.register(admin, "customer")
    attachment = await upload(admin, PNG)
    ticket = await open_ticket(admin, requester_id=customer.id, subject=f"Tab\there, a \\ and {word()}")
    body = "line\nbreak\r\n\\N **bold** ünïcödé 🖨"
    said = {"body": body, "visibility": "public", "attachment_ids": [attachment["id"]]}
    expect(await admin.write.post(f"/v1/tickets/{ticket['id']}/messages", json=said), 201)
    gone = await open_ticket(admin)
    deleted = await admin.write.delete(f"/v1/tickets/{gone['id']}", headers={"If-Match": gone["etag"]})
    assert deleted.is_success, deleted.text
    await publish_document(admin, admin, title=f"Guide {word()}")
    await house.drain()
    return ticket["id"], attachment["id"]


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[Desk]:
    async with (
        open_projector(settings) as projector,
        signed_in_known(projector),
        running(create_write_app(settings)) as write_app,
        running(create_read_app(settings)) as read_app,
    ):
        await projector.fill_redis()
        desk = Desk(lambda headers: client_for(write_app, headers), lambda headers: client_for(read_app, headers))
        yield desk
        await desk.aclose()


async def test_a_fresh_desk_from_a_backup(house: House, store_addresses: StoreAddresses, tmp_path: Path) -> None:
    file = tmp_path / "desk.zip"
    ticket_id, attachment_id = await furnish(house)
    taken = await answer(house.world.settings, "stack", "backup", str(file))
    assert (taken["files"], taken["missing_files"]) == (1, 0)
    assert file.stat().st_mode & 0o777 == 0o600
    before = await shown(house.admin)
    later = await open_ticket(house.admin, subject="After the backup")
    async with empty_stores(house, store_addresses, tmp_path) as settings:
        restored = await answer(settings, "stack", "restore", str(file))
        assert restored["rows"] == taken["rows"]
        assert (await command(settings, "projector", "rebuild", "all", "--json"))[0] == 0
        found = await answer(settings, "projector", "verify")
        assert found["differences"] == [], found
        async with served(settings) as desk:
            admin = await desk.sign_in(ADMIN_EMAIL)
            await eventually(lambda: reads(admin, ticket_id))
            assert await shown(admin) == before
            assert (await admin.read.get(f"/v1/attachments/{attachment_id}")).content == PNG
            assert (await admin.read.get(f"/v1/tickets/{later['id']}")).status_code == 404
            # Nobody is signed in by what they had before, and numbers go on where they were.
            old = desk.caller(house.admin.token)
            assert (await old.read.get("/v1/tickets")).status_code == 401
            assert (await open_ticket(admin))["number"] == later["number"]


async def reads(caller: Caller, ticket_id: str) -> bool:
    return (await caller.read.get(f"/v1/tickets/{ticket_id}")).status_code == 200


async def test_a_backup_that_is_taken_while_people_work_is_of_one_moment(
    house: House, store_addresses: StoreAddresses, tmp_path: Path
) -> None:
    file = tmp_path / "desk.zip"
    stop = asyncio.Event()

    async def work() -> int:
        opened = 0
        while not stop.is_set():
            await open_ticket(house.admin)
            opened += 1
        return opened

    working = asyncio.ensure_future(work())
    await answer(house.world.settings, "stack", "backup", str(file))
    stop.set()
    assert await working > 0
    async with empty_stores(house, store_addresses, tmp_path) as settings:
        # Foreign keys hold, and the answer to a ticket is there with it.
        await answer(settings, "stack", "restore", str(file))
        async with connected(owners(settings)) as connection:
            tickets = await connection.fetchval("SELECT count(*) FROM tickets")
            messages = await connection.fetchval("SELECT count(DISTINCT ticket_id) FROM messages")
            events = await connection.fetchval("SELECT count(*) FROM domain_events WHERE type = 'TicketOpened'")
            assert tickets == messages == events


async def test_nothing_is_restored_over_anything(house: House, tmp_path: Path) -> None:
    file, settings = tmp_path / "desk.zip", house.world.settings
    await answer(settings, "stack", "backup", str(file))
    code, _, errors = await command(settings, "stack", "restore", str(file))
    assert code == 1
    assert "people in this database already" in errors
    code, _, errors = await command(settings, "stack", "backup", str(file))
    assert code == 2
    assert "already" in errors


async def test_a_damaged_backup_is_refused_before_anything_is_done(
    house: House, store_addresses: StoreAddresses, tmp_path: Path
) -> None:
    file = tmp_path / "desk.zip"
    await answer(house.world.settings, "stack", "backup", str(file))
    whole = file.read_bytes()
    middle = whole.index(b"tables/users.copy") + 60
    async with empty_stores(house, store_addresses, tmp_path) as settings:
        changed = whole[:middle] + b"\xff\xff\xff\xff" + whole[middle + 4 :]
        for damaged in (whole[: len(whole) // 2], changed, b"not a zip"):
            file.write_bytes(damaged)
            code, _, errors = await command(settings, "stack", "restore", str(file))
            assert code == 1, errors
            assert "backup" in errors
        async with connected(owners(settings)) as connection:
            assert await connection.fetchval("SELECT to_regclass('users')") is None


async def test_what_has_no_file_any_more_is_told(house: House, tmp_path: Path) -> None:
    await furnish(house)
    for path in Path(house.world.settings.attachment_folder).rglob("*"):
        if path.is_file():
            path.unlink()
    taken = await answer(house.world.settings, "stack", "backup", str(tmp_path / "desk.zip"), code=1)
    assert (taken["files"], taken["missing_files"]) == (0, 1)
