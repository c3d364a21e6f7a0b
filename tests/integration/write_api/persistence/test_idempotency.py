from __future__ import annotations

import asyncio

import pytest

from domain.identity.user import User
from domain.shared.ids import uuid7
from domain.tickets.ticket import Ticket
from tests.integration.write_api.conftest import AT
from write_api.persistence.failures import TransientConflict
from write_api.persistence.idempotency import IdempotencyKeyInFlight, IdempotencyKeyReused, IdempotentRequest
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

pytestmark = pytest.mark.integration


def new_request(person: User, request_hash: str = "hash", key: str | None = None) -> IdempotentRequest:
    return IdempotentRequest(person.id, "POST /v1/tickets", key or str(uuid7()), request_hash)


async def open_once(unit_of_work: UnitOfWorkFactory, request: IdempotentRequest, person: User) -> Outcome:
    async with unit_of_work(request=request) as unit:
        earlier = await unit.earlier_outcome()
        if earlier is not None:
            return earlier
        ticket = Ticket.open(subject="Once", body="Only.", requester_id=person.id, at=AT)
        await unit.tickets.add(ticket)
        return await unit.commit(Outcome.created(ticket, f"/v1/tickets/{ticket.id}", number=ticket.number))


async def test_the_second_request_gets_what_the_first_got(unit_of_work: UnitOfWorkFactory, person: User) -> None:
    request = new_request(person)
    first = await open_once(unit_of_work, request, person)
    second = await open_once(unit_of_work, request, person)
    assert not first.replayed and second.replayed
    assert (second.status, second.location, second.xid, second.version) == (201, first.location, first.xid, 1)
    assert first.body is not None and second.body is not None
    assert list(second.body) == list(first.body)
    assert second.body["number"] == first.body["number"]


async def test_another_request_under_the_same_key_is_refused(unit_of_work: UnitOfWorkFactory, person: User) -> None:
    request = new_request(person)
    await open_once(unit_of_work, request, person)
    with pytest.raises(IdempotencyKeyReused):
        await open_once(unit_of_work, new_request(person, "other", request.key), person)


async def test_a_key_belongs_to_one_person(unit_of_work: UnitOfWorkFactory, person: User) -> None:
    request = new_request(person)
    first = await open_once(unit_of_work, request, person)
    others = IdempotentRequest(uuid7(), request.route, request.key, request.request_hash)
    assert (await open_once(unit_of_work, others, person)).aggregate_id != first.aggregate_id


async def test_while_the_first_is_at_work_the_second_is_told_so(unit_of_work: UnitOfWorkFactory, person: User) -> None:
    request = new_request(person)
    async with unit_of_work(request=request) as unit:
        assert await unit.earlier_outcome() is None
        with pytest.raises(IdempotencyKeyInFlight):
            await open_once(unit_of_work, request, person)
    assert not (await open_once(unit_of_work, request, person)).replayed


async def test_a_failed_attempt_does_not_use_the_key_up(
    unit_of_work: UnitOfWorkFactory, person: User, pool: Pool
) -> None:
    request = new_request(person)
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(request=request) as unit:
            await unit.earlier_outcome()
            raise ZeroDivisionError
    assert not (await open_once(unit_of_work, request, person)).replayed
    assert await pool.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = $1", request.key) == 1


async def test_of_fifty_at_once_one_takes_effect(unit_of_work: UnitOfWorkFactory, person: User, pool: Pool) -> None:
    request = new_request(person)
    answers = await asyncio.gather(
        *(open_once(unit_of_work, request, person) for _ in range(50)), return_exceptions=True
    )
    done = [answer for answer in answers if isinstance(answer, Outcome)]
    refused = [answer for answer in answers if not isinstance(answer, Outcome)]
    assert [answer.replayed for answer in done].count(False) == 1
    assert {answer.aggregate_id for answer in done} == {done[0].aggregate_id}
    assert all(isinstance(answer, (IdempotencyKeyInFlight, TransientConflict)) for answer in refused)
    assert await pool.fetchval("SELECT count(*) FROM tickets WHERE id = $1", done[0].aggregate_id) == 1
    assert await pool.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = $1", request.key) == 1
