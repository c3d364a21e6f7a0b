"""Event streams as browsers and programs have them: over HTTP, many at once, from processes that stop."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.e2e.crowd import Client
from tests.support.desk import Caller, open_ticket, problem
from tests.support.event_stream import PATH
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served

CLIENTS = int(os.environ.get("TIDEDESK_TEST_EVENT_CLIENTS", "1000"))
# What one client may cost the process, waiting or hearing: a connection, its tasks, a place in the log.
KIB_EACH = 100
CONNECTING_AT_ONCE = 50


@asynccontextmanager
async def listening(served: Served, *callers: Caller) -> AsyncIterator[list[Client]]:
    clients = [Client(served.read_url, caller) for caller in callers]
    try:
        await connect(clients)
        yield clients
    finally:
        await asyncio.gather(*(client.break_off() for client in clients))


async def connect(clients: list[Client]) -> None:
    for start in range(0, len(clients), CONNECTING_AT_ONCE):
        some = clients[start : start + CONNECTING_AT_ONCE]
        await asyncio.gather(*(client.connect() for client in some))
        assert {client.status for client in some} == {200}

    async def are_there() -> bool:
        return all(client.last_id for client in clients)

    await eventually(are_there, timeout_s=30)


async def all_hear(clients: list[Client], ticket_ids: set[str]) -> None:
    async def heard() -> bool:
        missing = [one for one in clients if not ticket_ids <= one.tickets() and "resync" not in one.names()]
        assert not missing, f"{len(missing)} of {len(clients)} have not heard"
        return True

    await eventually(heard, timeout_s=30, interval_s=0.1)


def resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def test_a_crowd_hears_of_everything_and_costs_little(served: Served, people: People) -> None:
    async with listening(served, people.agent):
        before_kib = resident_kib(served.read_api.pid)
    async with listening(served, *([people.agent] * CLIENTS)) as clients:
        first = {(await open_ticket(people.customer))["id"] for _ in range(5)}
        await all_hear(clients, first)
        gone = clients[::2]
        await asyncio.gather(*(client.break_off() for client in gone))
        second = {(await open_ticket(people.customer))["id"] for _ in range(5)}
        await all_hear(clients[1::2], second)
        await connect(gone)
        await all_hear(clients, first | second)
        # Nobody had to be told to read all anew.
        assert [client for client in clients if "resync" in client.names()] == []
        grown_kib = resident_kib(served.read_api.pid) - before_kib
    assert grown_kib < CLIENTS * KIB_EACH, f"{grown_kib} KiB for {CLIENTS} clients"
    # Others were served meanwhile, and are now.
    assert (await people.agent.read.get("/v1/tickets", params={"limit": 1})).status_code == 200


async def test_who_signs_out_hears_nothing_more_within_five_seconds(served: Served, people: People) -> None:
    caller = await served.desk.register(people.admin, "agent")

    async def is_known() -> bool:
        return (await caller.read.get("/v1/tickets", params={"limit": 1})).status_code == 200

    await eventually(is_known)
    async with listening(served, caller) as (client,):
        assert (await caller.write.delete("/v1/sessions/current")).status_code == 204
        signed_out_at = time.monotonic()

        async def has_ended() -> bool:
            return client.has_ended

        await eventually(has_ended, timeout_s=5)
        assert time.monotonic() - signed_out_at < 5
        assert client.names() == ["ready", "end"]
    problem(await caller.read.get(PATH), 401, "token.invalid")


async def test_a_customer_hears_of_replies_and_not_of_notes(served: Served, people: People) -> None:
    async with listening(served, people.customer, people.agent, people.other_customer) as (customer, agent, other):
        ticket = await open_ticket(people.customer)
        await all_hear([customer, agent], {ticket["id"]})
        path = f"/v1/tickets/{ticket['id']}/messages"
        note = await people.agent.write.post(path, json={"body": "Between us.", "visibility": "internal"})
        reply = await people.agent.write.post(path, json={"body": "Hello.", "visibility": "public"})

        def hears_of(client: Client, message_id: str) -> bool:
            return message_id in [event.data["id"] for event in client.heard if event.name == "message.added"]

        async def told() -> bool:
            return hears_of(customer, reply.json()["id"]) and hears_of(agent, reply.json()["id"])

        await eventually(told)
        assert hears_of(agent, note.json()["id"]) and not hears_of(customer, note.json()["id"])
        assert other.names() == ["ready"]


async def test_a_process_that_stops_does_not_wait_for_them(served: Served, people: People) -> None:
    async with listening(served, people.agent, people.agent) as clients:
        began_at = time.monotonic()
        await asyncio.to_thread(served.read_api.end)
        took_s = time.monotonic() - began_at
        served.read_api.start()

        async def is_back() -> bool:
            try:
                return (await people.agent.read.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(is_back, timeout_s=60, interval_s=0.2)
        assert took_s < 10, f"it took {took_s:.1f} s"
        assert all(client.has_ended for client in clients)
        ticket = await open_ticket(people.agent)
        await connect(clients)
        await all_hear(clients, {ticket["id"]})
