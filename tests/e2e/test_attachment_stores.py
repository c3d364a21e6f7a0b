"""Both kinds of store, behind processes of their own: files much larger than what a process may take to carry them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from projector.attachment_files import sweep_files
from runtime.files.choose import open_file_store
from tests.support.addresses import StoreAddresses
from tests.support.desk import Caller, expect, open_ticket, problem, upload, waiting_for
from tests.support.files import PNG
from tests.support.people import People, hire, wait_until_known
from tests.support.s3 import BUCKET, KEY_ID, REGION, SECRET, S3Endpoint, s3_endpoint
from tests.support.served import RunningProcess, Served, serve
from tests.support.world import World, open_world

MEGABYTE = 1_048_576
FILE_BYTES = 96 * MEGABYTE
# What carrying any number of bytes may add to a process.
CARRYING_BYTES = 24 * MEGABYTE


@dataclass(frozen=True)
class OwnProcesses:
    served: Served
    world: World
    people: People
    bucket: S3Endpoint | None


@pytest_asyncio.fixture(params=["folder", "s3"])
async def own(
    request: pytest.FixtureRequest, store_addresses: StoreAddresses, template: str, tmp_path: Path
) -> AsyncIterator[OwnProcesses]:
    async with AsyncExitStack() as stack:
        bucket: S3Endpoint | None = None
        changes: dict[str, Any] = {"attachment_limit_bytes": 2 * FILE_BYTES}
        if request.param == "s3":
            bucket = await stack.enter_async_context(s3_endpoint())
            changes |= {"s3_endpoint": bucket.url, "s3_bucket": BUCKET, "s3_region": REGION}
            changes |= {"s3_key_id": KEY_ID, "s3_secret": SECRET}
        world = await stack.enter_async_context(open_world(store_addresses, template, **changes))
        served = await stack.enter_async_context(serve(world.settings, tmp_path))
        people = await hire(served.desk, world)
        await wait_until_known(people)
        yield OwnProcesses(served, world, people, bucket)
        assert served.logged_errors() == []
        assert bucket is None or bucket.refused == []


def most_memory(process: RunningProcess) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1_024


async def large_file() -> AsyncIterator[bytes]:
    yield PNG
    for _ in range(FILE_BYTES // MEGABYTE):
        yield bytes(MEGABYTE)


async def digest_of(caller: Caller, path: str, headers: dict[str, str]) -> str:
    digest = hashlib.sha256()
    async with caller.read.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        async for piece in answer.aiter_raw():
            digest.update(piece)
    return digest.hexdigest()


async def test_a_file_passes_through_in_pieces(own: OwnProcesses) -> None:
    customer, agent = own.people.customer, own.people.agent
    # What is loaded once is loaded now.
    small = await open_ticket(customer, attachment_ids=[(await upload(customer, PNG))["id"]])
    expect(await agent.read.get(f"/v1/tickets/{small['id']}", headers=waiting_for(small["token"])))
    apis = (own.served.write_api, own.served.read_api)
    before = [most_memory(api) for api in apis]
    answer = await customer.write.post("/v1/attachments", params={"file_name": "a.png"}, content=large_file())
    file = expect(answer, 201)
    assert file["size_bytes"] == FILE_BYTES + len(PNG)
    ticket = await open_ticket(customer, attachment_ids=[file["id"]])
    path = f"/v1/attachments/{file['id']}"
    assert await digest_of(agent, path, waiting_for(ticket["token"])) == file["sha256"]
    part = await agent.read.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    grown = [most_memory(api) - earlier for api, earlier in zip(apis, before, strict=True)]
    assert max(grown) < CARRYING_BYTES, grown


async def test_a_store_that_fails_is_named_and_leaves_nothing_behind(own: OwnProcesses) -> None:
    customer = own.people.customer
    file = await upload(customer, PNG)
    ticket = await open_ticket(customer, attachment_ids=[file["id"]])
    path = f"/v1/attachments/{file['id']}"
    assert (await customer.read.get(path, headers=waiting_for(ticket["token"]))).content == PNG
    if own.bucket is None:
        folder = Path(own.world.settings.attachment_folder)
        hidden = folder.rename(folder.with_name(f"{folder.name}-hidden"))
        folder.write_text("in the way")
    else:
        own.bucket.broken = 503
    refused = await customer.write.post("/v1/attachments", params={"file_name": "a.png"}, content=PNG)
    assert problem(refused, 503, "store.unavailable")["store"] == "attachment_store"
    refused = await customer.read.get(path)
    assert problem(refused, 503, "store.unavailable")["store"] == "attachment_store"
    # Whatever needs no file goes on.
    expect(await customer.read.get(f"/v1/tickets/{ticket['id']}"))
    if own.bucket is None:
        folder.unlink()
        hidden.rename(folder)
    else:
        own.bucket.broken = None
    again: httpx.Response = await customer.read.get(path)
    assert (again.status_code, again.content) == (200, PNG)
    files = open_file_store(own.world.settings)
    await sweep_files(own.world.pool, files, timedelta())
    await files.aclose()
    assert await own.world.pool.fetchval("SELECT count(*) FROM attachment_files") == 1
