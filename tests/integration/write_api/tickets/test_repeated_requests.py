from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import SignIn, Someone, opened
from write_api.persistence.expiry import forget_expired
from write_api.persistence.unit_of_work import Pool

pytestmark = pytest.mark.integration
PATH = "/v1/tickets"
BODY = {"subject": "Once", "body": "Only."}
REPEATED = ("ETag", "Location", "Consistency-Token")


def keyed(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid7())}


async def test_a_repetition_gets_the_same_answer(customer: Someone, pool: Pool) -> None:
    headers = keyed()
    first = await customer.client.post(PATH, json=BODY, headers=headers)
    second = await customer.client.post(PATH, json=BODY, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert {name: first.headers[name] for name in REPEATED} == {name: second.headers[name] for name in REPEATED}
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_of_fifty_at_once_one_takes_effect(sign_in: SignIn, pool: Pool) -> None:
    someone = await sign_in("customer")
    headers = keyed()
    answers = await asyncio.gather(*(someone.client.post(PATH, json=BODY, headers=headers) for _ in range(50)))
    done = [answer for answer in answers if answer.status_code == 201]
    busy = [answer for answer in answers if answer.status_code != 201]
    assert len({answer.content for answer in done}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in done) == 1
    assert {(answer.status_code, answer.json()["code"]) for answer in busy} <= {(409, "idempotency.in_flight")}
    assert await pool.fetchval("SELECT count(*) FROM tickets WHERE requester_id = $1", someone.user.id) == 1


async def test_another_body_under_the_same_key_is_refused(customer: Someone) -> None:
    headers = keyed()
    await customer.client.post(PATH, json=BODY, headers=headers)
    answer = await customer.client.post(PATH, json={**BODY, "body": "Other."}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")
    assert answer.json()["errors"][0]["header"] == "Idempotency-Key"


async def test_the_same_key_for_another_ticket_is_another_request(customer: Someone) -> None:
    headers, body = keyed(), {"body": "Well.", "visibility": "public"}
    first, second = [await opened(customer) for _ in range(2)]
    assert (await customer.client.post(f"{PATH}/{first['id']}/messages", json=body, headers=headers)).status_code == 201
    answer = await customer.client.post(f"{PATH}/{second['id']}/messages", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")


async def test_keys_of_two_people_are_two_keys(customer: Someone, other_customer: Someone) -> None:
    headers = keyed()
    answers = [await one.client.post(PATH, json=BODY, headers=headers) for one in (customer, other_customer)]
    assert answers[0].json()["id"] != answers[1].json()["id"]


async def test_a_refused_request_leaves_its_key_unused(customer: Someone) -> None:
    headers = keyed()
    refused = await customer.client.post(PATH, json={**BODY, "tags": ["x"]}, headers=headers)
    assert refused.status_code == 403
    assert (await customer.client.post(PATH, json=BODY, headers=headers)).status_code == 201


async def test_a_step_that_was_done_is_not_stale_when_repeated(agent: Someone, pool: Pool) -> None:
    ticket = await opened(agent)
    headers = {**keyed(), "If-Match": '"v1"'}
    path = f"{PATH}/{ticket['id']}/status"
    first = await agent.client.post(path, json={"status": "open"}, headers=headers)
    second = await agent.client.post(path, json={"status": "open"}, headers=headers)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert await pool.fetchval("SELECT version FROM tickets WHERE id = $1", UUID(ticket["id"])) == 2


async def test_replays_are_only_for_whoever_is_still_signed_in(sign_in: SignIn, pool: Pool) -> None:
    someone = await sign_in("customer")
    headers = keyed()
    await someone.client.post(PATH, json=BODY, headers=headers)
    await pool.execute("UPDATE sessions SET revoked_at = now() WHERE id = $1", someone.session.id)
    assert (await someone.client.post(PATH, json=BODY, headers=headers)).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "ümlaut"])
async def test_a_key_is_a_short_printable_word(customer: Someone, key: str) -> None:
    answer = await customer.client.post(PATH, json=BODY, headers={b"Idempotency-Key": key.encode("latin-1")})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["header"] == "Idempotency-Key"


async def test_keys_are_forgotten_after_a_day(customer: Someone, pool: Pool) -> None:
    # What other tests left.
    await forget_expired(pool)
    old, fresh = keyed(), keyed()
    first = await customer.client.post(PATH, json=BODY, headers=old)
    await customer.client.post(PATH, json=BODY, headers=fresh)
    await pool.execute(
        "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1", old["Idempotency-Key"]
    )
    assert await forget_expired(pool) == 1
    kept = await pool.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = $1", fresh["Idempotency-Key"])
    assert kept == 1
    again = await customer.client.post(PATH, json=BODY, headers=old)
    assert again.json()["id"] != first.json()["id"]
