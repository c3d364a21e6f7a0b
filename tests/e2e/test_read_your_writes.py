from __future__ import annotations

import asyncio
import os

from tests.support.desk import Caller, expect, open_ticket, waiting_for
from tests.support.words import word

WRITES = int(os.environ.get("TIDEDESK_TEST_READ_YOUR_WRITES", "1000"))
AT_ONCE = 16


async def test_a_ticket_is_found_by_whoever_waits_for_its_token(customer: Caller) -> None:
    """Each written ticket is searched for at once, by a word that only it has: found every single time."""
    missed: list[str] = []

    async def write_and_search(count: int) -> None:
        for _ in range(count):
            unique = word()
            ticket = await open_ticket(customer, subject=f"Lost {unique}")
            answer = await customer.read.get(
                "/v1/search/tickets", params={"q": unique}, headers=waiting_for(ticket["token"])
            )
            found = [item["id"] for item in expect(answer)["items"]]
            if found != [ticket["id"]] or answer.headers.get("Preference-Applied") != "wait":
                missed.append(f"{ticket['id']}: {found} {dict(answer.headers)}")

    shares = [len(range(start, WRITES, AT_ONCE)) for start in range(AT_ONCE)]
    await asyncio.gather(*(write_and_search(share) for share in shares))
    assert missed == []


async def test_an_answer_by_id_and_a_list_wait_for_the_write_too(customer: Caller) -> None:
    ticket = await open_ticket(customer)
    by_id = await customer.read.get(f"/v1/tickets/{ticket['id']}", headers=waiting_for(ticket["token"]))
    assert expect(by_id)["version"] == ticket["version"]
    assert by_id.headers["Preference-Applied"] == "wait"
    another = await open_ticket(customer)
    listed = await customer.read.get("/v1/tickets", headers=waiting_for(another["token"]))
    assert expect(listed)["items"][0]["id"] == another["id"]


async def test_a_change_is_read_back_at_its_version(customer: Caller, agent: Caller) -> None:
    ticket = await open_ticket(customer)
    unique = word()
    changed = await agent.write.patch(
        f"/v1/tickets/{ticket['id']}",
        json={"subject": f"Now {unique}", "priority": "urgent"},
        headers={"If-Match": ticket["etag"]},
    )
    assert expect(changed)["version"] == 2
    headers = waiting_for(changed.headers["Consistency-Token"])
    found = expect(await agent.read.get("/v1/search/tickets", params={"q": unique}, headers=headers))
    assert [(item["version"], item["priority"]) for item in found["items"]] == [(2, "urgent")]
    by_number = expect(await agent.read.get(f"/v1/tickets/{ticket['number']}", headers=headers))
    assert by_number["id"] == ticket["id"]
    assert by_number["subject"] == f"Now {unique}"


async def test_a_deleted_ticket_is_gone_for_whoever_waits(customer: Caller, admin: Caller) -> None:
    unique = word()
    ticket = await open_ticket(customer, subject=unique)
    gone = await admin.write.delete(f"/v1/tickets/{ticket['id']}", headers={"If-Match": ticket["etag"]})
    assert gone.status_code == 204, gone.text
    headers = waiting_for(gone.headers["Consistency-Token"])
    found = expect(await admin.read.get("/v1/search/tickets", params={"q": unique}, headers=headers))
    assert found["items"] == []
    answer = await admin.read.get(f"/v1/tickets/{ticket['id']}", headers=headers)
    assert answer.status_code == 404
    assert answer.json()["code"] == "ticket.not_found"
