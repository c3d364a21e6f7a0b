"""The code from before the newest migration works on the schema after it, alone and beside the code of now.

That is what an upgrade without a break needs: first the schema, then one process after another.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.support.addresses import StoreAddresses
from tests.support.database import ROOT
from tests.support.desk import Caller, expect, open_ticket, publish_document, waiting_for
from tests.support.people import hire, wait_until_known
from tests.support.served import Served, serve
from tests.support.words import word
from tests.support.world import open_world

MIGRATIONS = "alembic/versions"


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


@pytest.fixture
def code_before(tmp_path: Path) -> Path:
    """As the main line was before it got the newest migration."""
    try:
        added = git("log", "--first-parent", "-m", "--diff-filter=A", "-1", "--format=%H", "--", MIGRATIONS)
        archive = git("archive", "--format=tar", f"{added.decode().strip()}^1")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the history of the repository, which is not in this checkout")
    folder = tmp_path / "before"
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder)
    return folder


@pytest.mark.timeout(180)
async def test_the_version_before_works_on_the_schema_of_now(
    store_addresses: StoreAddresses, template: str, code_before: Path, tmp_path: Path
) -> None:
    async with open_world(store_addresses, template) as world:
        (tmp_path / "old").mkdir()
        async with serve(world.settings, tmp_path / "old", code_before) as before:
            people = await hire(before.desk, world)
            await wait_until_known(people)
            await works(people.agent, people.reviewer)
            (tmp_path / "new").mkdir()
            async with serve(world.settings, tmp_path / "new") as now:
                agents = {name: signed_in_at(served, people.agent) for name, served in (("old", before), ("new", now))}
                reviewer = signed_in_at(now, people.reviewer)
                await works(agents["new"], reviewer)
                for writes, reads in (("old", "new"), ("new", "old")):
                    ticket = await open_ticket(agents[writes])
                    path, waiting = f"/v1/tickets/{ticket['id']}", waiting_for(ticket["token"])
                    found = await agents[reads].read.get(path, headers=waiting)
                    assert expect(found)["subject"], (writes, reads)
                assert now.logged_errors() == []
            assert before.logged_errors() == []


def signed_in_at(served: Served, caller: Caller) -> Caller:
    """The same person with the same token, at the processes of another version."""
    return served.desk.caller(caller.token, id=caller.id, name=caller.name, email=caller.email)


async def works(author: Caller, reviewer: Caller) -> None:
    said = word()
    ticket = await open_ticket(author, subject=f"About {said}")
    message = {"body": "It works *again*.", "visibility": "public"}
    expect(await author.write.post(f"/v1/tickets/{ticket['id']}/messages", json=message), 201)
    changed = await author.write.patch(
        f"/v1/tickets/{ticket['id']}", json={"priority": "high"}, headers={"If-Match": '"v2"'}
    )
    expect(changed)
    found = await author.read.get(
        "/v1/search/tickets", params={"q": said}, headers=waiting_for(changed.headers["Consistency-Token"])
    )
    assert [item["id"] for item in expect(found)["items"]] == [ticket["id"]]
    document = await publish_document(author, reviewer, title=f"Guide {said}")
    shown = await author.read.get(f"/v1/documents/{document['id']}", headers=waiting_for(document["token"]))
    assert expect(shown)["title"] == f"Guide {said}"
