from __future__ import annotations

from uuid import UUID

import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from write_api.persistence.unit_of_work import Pool

pytestmark = pytest.mark.integration
PATH = "/v1/ticket-fields"


def new_key() -> str:
    return f"field_{uuid7().hex[-10:]}"


async def test_an_admin_defines_and_changes_a_field(admin: Someone, pool: Pool) -> None:
    key = new_key()
    answer = await admin.client.post(
        PATH, json={"key": key, "label": "Plan", "type": "choice", "options": ["free", "paid"]}
    )
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{PATH}/{answer.json()['id']}"
    changed = await admin.client.patch(
        answer.headers["Location"],
        json={"label": "Tariff", "options": ["free", "paid", "trial"], "active": False},
        headers={"If-Match": answer.headers["ETag"]},
    )
    assert changed.json() == {"id": answer.json()["id"], "version": 2, "key": key}
    row = await pool.fetchrow("SELECT * FROM ticket_fields WHERE id = $1", UUID(answer.json()["id"]))
    assert row is not None
    assert (row["label"], row["options"], row["active"]) == ("Tariff", ["free", "paid", "trial"], False)
    outbox = await pool.fetch(
        "SELECT aggregate_type, event_type FROM outbox WHERE aggregate_id = $1 ORDER BY id", UUID(answer.json()["id"])
    )
    assert [tuple(pending) for pending in outbox] == [
        ("ticket_field", "TicketFieldCreated"),
        ("ticket_field", "TicketFieldChanged"),
    ]


async def test_a_key_is_used_once(admin: Someone) -> None:
    body = {"key": new_key(), "label": "Floor", "type": "number"}
    assert (await admin.client.post(PATH, json=body)).status_code == 201
    answer = await admin.client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict.already_taken")
    assert answer.json()["errors"][0]["pointer"] == "/key"


@pytest.mark.parametrize("body", [{"key": "Bad Key"}, {"options": ["x"]}, {"type": "color"}, {"label": " "}])
async def test_a_wrong_definition_is_refused(admin: Someone, body: dict[str, object]) -> None:
    answer = await admin.client.post(PATH, json={"key": new_key(), "label": "Floor", "type": "number", **body})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{next(iter(body))}")


async def test_others_define_nothing(agent: Someone, customer: Someone) -> None:
    for someone in (agent, customer):
        answer = await someone.client.post(PATH, json={"key": new_key(), "label": "Floor", "type": "number"})
        assert answer.status_code == 403


async def test_a_field_that_is_not_there(admin: Someone) -> None:
    answer = await admin.client.patch(f"{PATH}/{uuid7()}", json={"label": "x"}, headers={"If-Match": '"v1"'})
    assert (answer.status_code, answer.json()["code"]) == (404, "ticket_field.not_found")
