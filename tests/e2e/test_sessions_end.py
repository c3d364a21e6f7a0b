"""Whoever is signed out is out on both sides within five seconds, however it came about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.support.desk import PASSWORD, Caller, Desk, expect
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tests.support.world import World

PROMISED_S = 5.0
NEW_PASSWORD = "an otter reads the paper"
TICKET = {"subject": "Printer", "body": "By a program."}


@dataclass(frozen=True)
class Victim:
    caller: Caller
    session_id: str
    refresh_token: str

    async def is_in(self) -> bool:
        """Both sides agree, or it is not settled yet."""
        answers = [await self.caller.read.get("/v1/tickets"), await self.caller.write.get("/v1/sessions")]
        assert {answer.status_code for answer in answers} in ({200}, {401}), answers
        return answers[0].status_code == 200

    async def is_out(self) -> bool:
        return not await self.is_in()


async def signed_in(desk: Desk, admin: Caller, role: str = "agent") -> Victim:
    person = await desk.register(admin, role)
    body = {"email": person.email, "password": PASSWORD}
    session = expect(await desk.anonymous.write.post("/v1/sessions", json=body), 201)
    caller = desk.caller(session["access_token"], id=person.id, name=person.name, email=person.email)
    victim = Victim(caller, session["session_id"], session["refresh_token"])
    await eventually(victim.is_in)
    return victim


async def sign_out(victim: Victim, admin: Caller) -> Any:
    return await victim.caller.write.delete("/v1/sessions/current")


async def end_by_admin(victim: Victim, admin: Caller) -> Any:
    return await admin.write.delete(f"/v1/sessions/{victim.session_id}")


async def end_all_by_admin(victim: Victim, admin: Caller) -> Any:
    return await admin.write.delete(f"/v1/users/{victim.caller.id}/sessions")


async def end_from_elsewhere(victim: Victim, admin: Caller) -> Any:
    body = {"email": victim.caller.email, "password": PASSWORD}
    elsewhere = expect(await admin.write.post("/v1/sessions", json=body, headers={"Authorization": ""}), 201)
    headers = {"Authorization": f"Bearer {elsewhere['access_token']}"}
    return await admin.write.delete("/v1/sessions/others", headers=headers)


async def deactivate(victim: Victim, admin: Caller) -> Any:
    headers = {"If-Match": "*"}
    return await admin.write.patch(f"/v1/users/{victim.caller.id}", json={"active": False}, headers=headers)


async def set_password(victim: Victim, admin: Caller) -> Any:
    headers = {"If-Match": "*"}
    return await admin.write.patch(f"/v1/users/{victim.caller.id}", json={"password": NEW_PASSWORD}, headers=headers)


async def change_own_password(victim: Victim, admin: Caller) -> Any:
    body = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    return await victim.caller.write.post("/v1/users/me/password", json=body)


End = Callable[[Victim, Caller], Awaitable[Any]]
ENDS: tuple[End, ...] = (
    sign_out,
    end_by_admin,
    end_all_by_admin,
    end_from_elsewhere,
    deactivate,
    set_password,
    change_own_password,
)


@pytest.mark.parametrize("end", ENDS)
async def test_the_old_access_token_opens_nothing(served: Served, people: People, end: End) -> None:
    victim = await signed_in(served.desk, people.admin)
    answer = await end(victim, people.admin)
    assert answer.status_code in (200, 204), answer.text
    await eventually(victim.is_out, PROMISED_S)
    refresh = {"refresh_token": victim.refresh_token}
    assert (await people.anonymous.write.post("/v1/sessions/refresh", json=refresh)).status_code == 401


async def test_an_end_that_the_query_api_was_not_told_of_comes_through_all_the_same(
    served: Served, served_world: World, people: People
) -> None:
    """As if the command API was killed between its commit and telling Redis."""
    victim = await signed_in(served.desk, people.admin)
    ended = "UPDATE sessions SET revoked_at = now() WHERE id = $1"
    await served_world.pool.execute(ended, UUID(victim.session_id))

    async def is_out() -> bool:
        return (await victim.caller.read.get("/v1/tickets")).status_code == 401

    await eventually(is_out, PROMISED_S)


async def test_an_api_token_opens_both_apis_until_it_is_revoked(served: Served, people: People) -> None:
    owner = await signed_in(served.desk, people.admin)
    body = {"name": word(), "scopes": ["tickets:read", "tickets:write"]}
    made = expect(await owner.caller.write.post("/v1/api-tokens", json=body), 201)
    program = served.desk.caller(made["token"])
    ticket = expect(await program.write.post("/v1/tickets", json=TICKET), 201)

    async def reads() -> bool:
        return (await program.read.get(f"/v1/tickets/{ticket['id']}")).status_code == 200

    await eventually(reads)
    assert (await program.read.get("/v1/users")).status_code == 403
    # The end of the session in which it was made is not its end.
    await sign_out(owner, people.admin)
    assert await reads()
    assert (await people.admin.write.delete(f"/v1/api-tokens/{made['id']}")).status_code == 204
    answers = [await program.read.get("/v1/tickets"), await program.write.post("/v1/tickets", json=TICKET)]
    assert [answer.status_code for answer in answers] == [401, 401]
