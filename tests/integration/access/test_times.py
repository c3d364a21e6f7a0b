"""How long an answer takes tells no more than the answer: a hidden word is as quick as one that nobody ever wrote."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from statistics import median

import pytest
import pytest_asyncio

from tests.support.addresses import StoreAddresses
from tests.support.desk import Caller, expect, open_ticket, publish_document, write_document
from tests.support.house import House, open_house
from tests.support.words import word

HIDDEN_TICKETS = 150
ROUNDS = 100
# A difference that is there is there every time; what the machine does beside is not. So the smallest counts.
MEASUREMENTS = 4
# As for a password of somebody and of nobody.
MOST_DIFFERENCE = 0.10

QUESTIONS = (
    ("/v1/search/tickets", "{w}"),
    ("/v1/search/tickets", "{c} {w}"),
    ("/v1/search", "{w}"),
    ("/v1/search/documents", "{w}"),
    ("/v1/suggest", "{w}"),
)


@dataclass(frozen=True)
class Hidden:
    house: House
    customer: Caller
    secret: str
    common: str


@pytest_asyncio.fixture(scope="module")
async def hidden(store_addresses: StoreAddresses, template: str) -> AsyncIterator[Hidden]:
    """One word, in many tickets of somebody else, in notes of the customer's own, in a document and in a draft."""
    async with open_house(store_addresses, template) as house:
        admin, secret, common = house.admin, word(), word()
        customer = await house.desk.register(admin, "customer")
        group = await house.group(word())
        for _ in range(HIDDEN_TICKETS):
            await open_ticket(admin, subject=f"{secret} {word()}", body=f"{secret} {word()}", tags=[secret])
            own = await open_ticket(admin, requester_id=customer.id, subject=f"{common} {word()}")
        note = {"body": f"{secret} {common}", "visibility": "internal"}
        expect(await admin.write.post(f"/v1/tickets/{own['id']}/messages", json=note), 201)
        await publish_document(admin, admin, title=f"{secret} guide", visibility="groups", group_ids=[group])
        await write_document(admin, title=f"{secret} draft")
        await house.drain()
        yield Hidden(house, customer, secret, common)


@pytest.mark.parametrize(("path", "text"), QUESTIONS)
async def test_a_hidden_word_takes_as_long_as_one_that_does_not_exist(hidden: Hidden, path: str, text: str) -> None:
    differences = []
    for _ in range(MEASUREMENTS):
        differences.append(await _difference(hidden, path, text))
        if differences[-1] <= MOST_DIFFERENCE:
            return
    pytest.fail(f"{path}?q={text} differs each time: {differences}")


async def _difference(hidden: Hidden, path: str, text: str) -> float:
    """Between the medians, as a share of the time for a word that does not exist; the two asked in turn."""
    hidden_s: list[float] = []
    nowhere_s: list[float] = []
    nowhere = word()
    for number in range(ROUNDS):
        turns = [(hidden.secret, hidden_s), (nowhere, nowhere_s)]
        for said, seconds in turns if number % 2 == 0 else reversed(turns):
            started = time.perf_counter()
            answer = await hidden.customer.read.get(path, params={"q": text.format(w=said, c=hidden.common)})
            seconds.append(time.perf_counter() - started)
            assert answer.status_code == 200, answer.text
    usual_s = median(nowhere_s)
    return abs(median(hidden_s) - usual_s) / usual_s


async def test_the_clock_would_tell(hidden: Hidden) -> None:
    """Or the comparison would prove nothing: whoever finds something waits longer for it."""
    seen_by_all = Hidden(hidden.house, hidden.house.admin, hidden.secret, hidden.common)
    assert await _difference(seen_by_all, "/v1/search/tickets", "{w}") > MOST_DIFFERENCE
