"""The Python client against the real processes, and the example of its README."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs.tutorial import pattern
from tests.support.desk import Caller, expect
from tests.support.files import PNG
from tests.support.imports import ROOT
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tidedesk_client import AsyncClient, Client, Invalid, NotFound, PreconditionFailed, Unauthorized

PACKAGE = ROOT / "clients" / "python"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def desk(served: Served, people: People) -> Iterator[Client]:
    with Client(served.write_url, served.read_url, people.agent.token) as opened:
        yield opened


async def api_token(caller: Caller) -> str:
    made = await caller.write.post("/v1/api-tokens", json={"name": word(), "scopes": ["read", "write"]})
    token: str = expect(made, 201)["token"]
    return token


async def test_the_example_of_the_readme_runs(served: Served, people: People) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (shown,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    variables = {
        "COMMAND_URL": served.write_url,
        "QUERY_URL": served.read_url,
        "TIDEDESK_TOKEN": await api_token(people.agent),
        "PYTHONPATH": str(PACKAGE),
    }
    run = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", example],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert pattern(shown).fullmatch(run.stdout.strip()), run.stdout


def test_a_write_is_read_at_once_by_whoever_wrote_it(desk: Client) -> None:
    for _ in range(20):
        unique = word()
        opened = desk.tickets.open_ticket(subject=f"Lost {unique}", body="Where is it?", tags=[unique])
        assert opened.location == f"/v1/tickets/{opened.data['id']}"
        found = desk.tickets.search_tickets(q=unique)
        assert [ticket["id"] for ticket in found.items] == [opened.data["id"]]
        assert found.freshness is not None and not found.freshness.stale


def test_a_ticket_from_its_first_message_to_its_end(desk: Client) -> None:
    opened = desk.tickets.open_ticket(subject=f"Stripes {word()}", body="Look.")
    ticket_id = opened.data["id"]
    file = desk.tickets.upload_attachment(content=PNG, file_name="stripes.png")
    said = desk.tickets.add_message(ticket_id, body="See here.", visibility="public", attachment_ids=[file.data["id"]])
    solved = desk.tickets.change_ticket_status(ticket_id, if_match=said, status="solved")
    with pytest.raises(PreconditionFailed):
        desk.tickets.change_ticket(ticket_id, if_match=opened, priority="low")
    shown = desk.tickets.get_ticket(ticket_id)
    assert (shown.data["status"], shown.data["version"]) == ("solved", solved.data["version"])
    assert desk.tickets.get_ticket(ticket_id, known=shown).status == 200
    assert desk.tickets.get_ticket(ticket_id, known=shown).data is shown.data
    messages = desk.tickets.list_messages(ticket_id, limit=1, sort="created_at")
    bodies = [message["body"] for message in messages.all()]
    assert bodies == ["Look.", "See here."]
    assert desk.tickets.download_attachment(file.data["id"]).data == PNG
    assert [ticket["id"] for ticket in desk.tickets.export_tickets(q=str(opened.data["number"]))] != []


def test_one_key_is_one_ticket(desk: Client) -> None:
    key = word()
    first, second = [desk.tickets.open_ticket(subject=f"Once {key}", body="b", idempotency_key=key) for _ in range(2)]
    assert first.data == second.data
    assert (first.was_replayed, second.was_replayed) == (False, True)


def test_refusals(desk: Client, served: Served) -> None:
    with pytest.raises(NotFound) as unknown:
        desk.tickets.get_ticket("01920000-0000-7000-8000-000000000000")
    assert unknown.value.code == "ticket.not_found"
    with pytest.raises(Invalid) as refused:
        desk.tickets.open_ticket(subject="", body="b")
    assert [fault["pointer"] for fault in refused.value.errors] == ["/subject"]
    with Client(served.write_url, served.read_url, "tdk_made_up") as stranger, pytest.raises(Unauthorized):
        stranger.tickets.list_tickets()


async def test_events_are_heard_by_who_listens(served: Served, people: People) -> None:
    async with AsyncClient(served.write_url, served.read_url, people.agent.token) as desk:
        stream = desk.events.stream_events(types="ticket")
        heard: list[dict[str, Any]] = []
        opened = ""
        async for event in stream:
            if event.name == "ready":
                opened = (await desk.tickets.open_ticket(subject=word(), body="b")).data["id"]
            elif event.data.get("id") == opened:
                heard.append(dict(event.data))
                break
        assert heard == [{"id": opened, "version": 1}]
        later = (await desk.tickets.open_ticket(subject=word(), body="b")).data["id"]
        # Somebody else goes on from there.
        async for event in desk.events.stream_events(last_event_id=stream.last_event_id):
            if event.data.get("id") == later:
                break


async def test_documents_and_people(served: Served, people: People) -> None:
    async with AsyncClient(served.write_url, served.read_url, people.admin.token) as desk:
        written = await desk.knowledge.create_document(title=f"Guide {word()}", body="*So.*", locale="en")
        draft = await desk.knowledge.get_document(written.data["id"], state="draft")
        assert draft.data["html"] == "<p><em>So.</em></p>"
        group = await desk.identity.create_group(name=word())
        groups = await desk.identity.list_groups(q=None, limit=1)
        assert group.data["id"] in [one["id"] async for one in groups.all()]
        signed_in = await desk.identity.list_sessions()
        assert any(session["current"] for session in signed_in.data["items"])
