"""The people of a test world: made through the real command path, signed in through the API."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.desk import ADMIN_EMAIL, PASSWORD, Caller, Desk, expect
from tests.support.eventually import eventually
from tests.support.world import World
from write_api.identity.passwords import PasswordHasher
from write_api.intake.administrators import create_administrator
from write_api.persistence.unit_of_work import UnitOfWorkFactory


@dataclass(frozen=True)
class People:
    admin: Caller
    agent: Caller
    reviewer: Caller
    customer: Caller
    other_customer: Caller
    anonymous: Caller

    def signed_in(self) -> tuple[Caller, ...]:
        return (self.admin, self.agent, self.reviewer, self.customer, self.other_customer)


async def hire(desk: Desk, world: World) -> People:
    hasher = PasswordHasher(rounds=4)
    try:
        await create_administrator(
            UnitOfWorkFactory(world.pool), hasher, email=ADMIN_EMAIL, name="Ada Admin", password=PASSWORD
        )
    finally:
        hasher.close()
    admin = await desk.sign_in(ADMIN_EMAIL, name="Ada Admin")
    return People(
        admin=admin,
        agent=await desk.register(admin, "agent"),
        reviewer=await desk.register(admin, "agent"),
        customer=await desk.register(admin, "customer"),
        other_customer=await desk.register(admin, "customer"),
        anonymous=desk.anonymous,
    )


async def wait_until_known(people: People) -> None:
    """The query API knows a caller by what the projector brought over, into indices that it made at its first start."""

    async def all_known() -> bool:
        for path in ("/v1/search?q=anything", "/v1/categories", "/v1/documents", "/v1/counts"):
            answer = await people.admin.read.get(path)
            expect(answer)
            assert "as_of" in answer.headers["Freshness"], "the projector has not said yet how far it is"
        for caller in people.signed_in():
            expect(await caller.read.get("/v1/tickets", params={"limit": 1}))
        return True

    await eventually(all_known, timeout_s=20)
