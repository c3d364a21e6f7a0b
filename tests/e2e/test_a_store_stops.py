"""Each part needs only its own stores, and what is missing is said, never an empty list."""

from __future__ import annotations

import os
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from tests.support.database import ensure_template
from tests.support.desk import expect, open_ticket, problem, publish_document, waiting_for
from tests.support.embedded import own_stores, store_pids, wait_for_end
from tests.support.people import People, hire, wait_until_known
from tests.support.served import serve
from tests.support.words import word
from tests.support.world import open_world


@dataclass(frozen=True)
class OwnStack:
    people: People
    pids: dict[str, int]

    def stop(self, store: str, by: signal.Signals = signal.SIGINT) -> None:
        pidfd = os.pidfd_open(self.pids[store])
        signal.pidfd_send_signal(pidfd, by)
        assert wait_for_end(pidfd, timeout_s=30), f"{store} did not stop"
        os.close(pidfd)


@pytest_asyncio.fixture
async def own_stack(tmp_path: Path) -> AsyncIterator[OwnStack]:
    run_dir = Path(tempfile.gettempdir()) / f"tidedesk-test-{secrets.token_hex(6)}"
    with own_stores(run_dir) as addresses:
        template = await ensure_template(addresses)
        async with open_world(addresses, template, tidy=False) as world:
            async with serve(world.settings, tmp_path) as served:
                people = await hire(served.desk, world)
                await wait_until_known(people)
                yield OwnStack(people, store_pids(run_dir))


async def test_every_store_that_stops_takes_only_its_own_part_away(own_stack: OwnStack) -> None:
    people, unique = own_stack.people, word()
    ticket = await open_ticket(people.customer, subject=unique)
    document = await publish_document(people.agent, people.reviewer, title=unique)
    for token in (ticket["token"], document["token"]):
        expect(await people.agent.read.get("/v1/search", params={"q": unique}, headers=waiting_for(token)))
    by_id = f"/v1/tickets/{ticket['id']}"
    expect(await people.agent.read.get(by_id))

    own_stack.stop("postgres")
    for path in ("/v1/search/tickets", "/v1/search/documents", "/v1/search"):
        found = expect(await people.agent.read.get(path, params={"q": unique}))
        assert found["total"]["value"] >= 1, path
    for path in ("/v1/tickets", by_id, f"{by_id}/messages", f"{by_id}/history", "/v1/users", "/v1/counts"):
        expect(await people.agent.read.get(path))
    expect(await people.anonymous.read.get(f"/v1/documents/{document['slug']}"))
    refused = await people.customer.write.post("/v1/tickets", json={"subject": "Now", "body": "Please."})
    assert problem(refused, 503, "store.unavailable")["store"] == "postgres"
    assert int(refused.headers["Retry-After"]) >= 1
    assert (await people.anonymous.write.get("/readyz")).status_code == 503
    assert (await people.anonymous.write.get("/livez")).status_code == 200
    expect(await people.anonymous.read.get("/readyz"))

    own_stack.stop("elasticsearch", signal.SIGTERM)
    assert expect(await people.agent.read.get(by_id))["subject"] == unique
    refused = await people.agent.read.get("/v1/search/tickets", params={"q": unique})
    assert problem(refused, 503, "store.unavailable")["store"] == "elasticsearch"
    assert int(refused.headers["Retry-After"]) >= 1
    assert (await people.anonymous.read.get("/livez")).status_code == 200

    own_stack.stop("redis", signal.SIGTERM)
    refused = await people.agent.read.get(by_id)
    problem(refused, 503, "store.unavailable")
    assert (await people.anonymous.read.get("/livez")).status_code == 200
