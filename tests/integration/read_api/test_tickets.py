from __future__ import annotations

from typing import Any

from tests.integration.read_api.conftest import Library

Person = dict[str, Any]


async def test_a_ticket_reads_with_the_names_of_all_it_mentions(
    library: Library, agent: Person, customer: Person
) -> None:
    group = await library.shelf.group("Printers")
    ticket = await library.shelf.ticket(
        customer, subject="Paper jam", body="Help!", assignee_id=agent["id"], group_id=group["id"], tags=["paper"]
    )
    read = await library.get(agent, f"/v1/tickets/{ticket['id']}")
    assert read["subject"] == "Paper jam"
    assert read["requester"] == {"id": customer["id"], "name": "Carla Customer"}
    assert read["assignee"] == {"id": agent["id"], "name": "Agnes Agent"}
    assert read["group"] == {"id": group["id"], "name": "Printers"}
    assert read["organization"] is None
    assert read["sla"] is None
    assert read["tags"] == ["paper"]
    (message,) = read["messages"]
    assert message["author"] == {"id": customer["id"], "name": "Carla Customer"}
    assert message["body"] == "Help!"
    assert read["created_at"].endswith("Z")


async def test_list_and_search(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, subject="Zweiundvierzig Probleme", body="Der Toner leckt")
    await library.shelf.refresh()
    found = await library.get(agent, "/v1/search/tickets", q="toner leckt")
    assert [item["id"] for item in found["items"]] == [ticket["id"]]
    print(found)
    listed = await library.get(agent, "/v1/tickets", requester=customer["id"])
    assert ticket["id"] in [item["id"] for item in listed["items"]]
