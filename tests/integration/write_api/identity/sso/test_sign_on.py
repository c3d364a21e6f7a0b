"""Whom a provider vouches for: who they are here, and what they may do."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from domain.identity.group import Group
from domain.identity.user import User
from domain.shared.actor import Role
from runtime.cookies import ACCESS, CSRF, REFRESH
from tests.integration.write_api.conftest import AT, stored_user
from tests.integration.write_api.identity.sso.conftest import Desk, OpenDesk
from tests.integration.write_api.rows import event_types
from tests.support.desk import expect, problem
from tests.support.oidc import OidcProvider
from tests.support.words import word
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory


async def who(desk: Desk, unit_of_work: UnitOfWorkFactory) -> User:
    """Who the browser is signed in as."""
    (session,) = expect(await desk.browser.send("GET", "/v1/sessions"))["items"]
    async with unit_of_work() as unit:
        return await unit.users.get((await unit.sessions.get(UUID(session["id"]))).user_id)


async def user_of(provider: OidcProvider, unit_of_work: UnitOfWorkFactory) -> User | None:
    async with unit_of_work() as unit:
        return await unit.users.find_by_email(provider.person["email"])


async def test_a_newcomer_gets_an_account_and_goes_on_to_where_they_wanted(
    desk: Desk, unit_of_work: UnitOfWorkFactory, pool: Pool
) -> None:
    answer = await desk.come_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tickets")
    assert set(desk.browser.cookies) >= {ACCESS, REFRESH, CSRF}
    user = await who(desk, unit_of_work)
    assert (user.name, user.email, user.role) == ("Ines Ruiz", desk.provider.person["email"], Role.CUSTOMER)
    assert await event_types(pool, str(user.id)) == ["UserRegistered", "UserIdentityLinked"]
    row = await pool.fetchrow("SELECT * FROM domain_events WHERE aggregate_id = $1 ORDER BY type LIMIT 1", user.id)
    assert row is not None
    assert (row["actor_id"], row["ip_address"]) == (user.id, "127.0.0.1")
    expect(await desk.browser.act("POST", "/v1/tickets", {"subject": "s", "body": "b"}), 201)


async def test_the_subject_is_who_it_is_and_not_the_address(desk: Desk, unit_of_work: UnitOfWorkFactory) -> None:
    await desk.come_in()
    user = await who(desk, unit_of_work)
    desk.browser = desk.another_browser()
    desk.provider.person["email"] = f"{word()}@example.com"
    desk.provider.person["email_verified"] = False
    await desk.come_in()
    assert expect(await desk.browser.send("GET", "/v1/sessions"))["items"]
    async with unit_of_work() as unit:
        assert await unit.identities.owner_of(desk.provider.issuer, desk.provider.person["sub"]) == user.id
        assert await unit.users.find_by_email(desk.provider.person["email"]) is None


async def test_an_account_is_linked_by_a_verified_address(
    desk: Desk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory, pool: Pool
) -> None:
    known = await stored_user(unit_of_work, "agent")
    provider.new_person(email=known.email.upper())
    assert (await desk.come_in()).status_code == 303
    assert (await who(desk, unit_of_work)).id == known.id
    assert (await event_types(pool, str(known.id)))[-1] == "UserIdentityLinked"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
async def test_no_account_is_linked_or_made_by_an_address_that_nobody_verified(
    desk: Desk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory, verified: Any
) -> None:
    known = await stored_user(unit_of_work, "admin")
    for email in (known.email, f"{word()}@example.com"):
        provider.new_person(email=email, email_verified=verified)
        if verified is None:
            del provider.person["email_verified"]
        problem(await desk.come_in(), 403, "sso.email_not_verified")
        assert ACCESS not in desk.browser.cookies
    assert await user_of(provider, unit_of_work) is None


async def test_a_provider_can_be_trusted_with_its_own_addresses(
    open_desk: OpenDesk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory
) -> None:
    del provider.person["email_verified"]
    async with open_desk(email_is_verified=True) as desk:
        assert (await desk.come_in()).status_code == 303
        provider.new_person(email_verified=False)
        problem(await desk.come_in(), 403, "sso.email_not_verified")


async def test_an_address_that_changed_hands_does_not_give_the_account_away(
    desk: Desk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory
) -> None:
    await desk.come_in()
    desk.browser = desk.another_browser()
    provider.new_person(email=provider.person["email"])
    problem(await desk.come_in(), 403, "sso.other_identity")


async def test_only_addresses_of_the_domains_come_in(open_desk: OpenDesk, provider: OidcProvider) -> None:
    async with open_desk(email_domains=("example.com",)) as desk:
        assert (await desk.come_in()).status_code == 303
        for email in ("a@example.org", "a@sub.example.com", "a@evil-example.com", "a@example.com@evil.org", None):
            provider.new_person(email=email)
            problem(await desk.come_in(), 403, "sso.email_not_allowed")


async def test_strangers_stay_outside_where_none_are_made(
    open_desk: OpenDesk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory
) -> None:
    async with open_desk(creates_users=False) as desk:
        problem(await desk.come_in(), 403, "sso.no_account")
        assert await user_of(provider, unit_of_work) is None
        provider.new_person(email=(await stored_user(unit_of_work, "customer")).email)
        assert (await desk.come_in()).status_code == 303


async def test_who_was_deactivated_does_not_come_in(desk: Desk, unit_of_work: UnitOfWorkFactory) -> None:
    await desk.come_in()
    user = await who(desk, unit_of_work)
    async with unit_of_work() as unit:
        user = await unit.users.get(user.id)
        user.change({"active": False}, at=AT)
        await unit.users.save(user)
        await unit.commit()
    problem(await desk.come_in(), 403, "sso.user_inactive")


async def test_roles_and_groups_are_what_the_provider_says_now(
    open_desk: OpenDesk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory
) -> None:
    group = Group.create(name=f"Harbour {word()}", at=AT)
    async with unit_of_work() as unit:
        await unit.groups.add(group)
        await unit.commit()
    roles = {"desk-admins": "admin", "desk-agents": "agent"}
    config = {"role_claim": "realm_access.roles", "roles": roles, "group_claim": "groups"}
    async with open_desk(**config, groups={"/harbour": group.name}) as desk:
        seen = []
        for given, member_of in (
            (["desk-agents", "else"], ["/harbour", "/elsewhere"]),
            (["desk-agents", "desk-admins"], ["/harbour"]),
            (["else"], ["/harbour"]),
            (["desk-agents"], []),
        ):
            provider.person |= {"realm_access": {"roles": given}, "groups": member_of}
            desk.browser = desk.another_browser()
            assert (await desk.come_in()).status_code == 303
            user = await user_of(provider, unit_of_work)
            assert user is not None
            seen.append((user.role.value, user.group_ids))
        one = frozenset([group.id])
        assert seen == [("agent", one), ("admin", one), ("customer", frozenset()), ("agent", frozenset())]


async def test_without_a_mapping_roles_are_given_here(
    desk: Desk, provider: OidcProvider, unit_of_work: UnitOfWorkFactory
) -> None:
    known = await stored_user(unit_of_work, "agent")
    provider.new_person(email=known.email, roles=["admin"], groups=["admin"], role="admin")
    await desk.come_in()
    assert (await who(desk, unit_of_work)).role is Role.AGENT


async def test_two_first_visits_at_once_make_one_account(
    open_desk: OpenDesk, provider: OidcProvider, pool: Pool
) -> None:
    async with open_desk() as desk:
        places = [await desk.leave() for _ in range(8)]
        answers = await asyncio.gather(*(desk.browser.send("GET", place) for place in places))
    assert {answer.status_code for answer in answers} == {303}
    assert await pool.fetchval("SELECT count(*) FROM users WHERE email = $1", provider.person["email"]) == 1


async def test_a_session_that_was_there_before_is_not_the_one_after(desk: Desk) -> None:
    await desk.come_in()
    before = dict(desk.browser.cookies)
    desk.provider.new_person()
    await desk.come_in()
    assert all(desk.browser.cookies[name] != before[name] for name in (ACCESS, REFRESH, CSRF))


async def test_signing_out_ends_both_sessions(desk: Desk, provider: OidcProvider) -> None:
    await desk.come_in()
    refused = await desk.browser.send("POST", "/v1/sso/logout", {"return_to": "/"})
    problem(refused, 403, "csrf.origin_refused")
    answer = await desk.browser.act("POST", "/v1/sso/logout", {"return_to": "/bye"})
    place = urlsplit(expect(answer)["redirect_to"])
    assert f"{place.scheme}://{place.netloc}{place.path}" == f"{provider.issuer}/logout"
    asked = parse_qs(place.query)
    assert asked["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/bye"]
    assert len(asked["id_token_hint"][0].split(".")) == 3
    assert ACCESS not in desk.browser.cookies
    assert (await desk.browser.send("GET", "/v1/sessions")).status_code == 401


async def test_the_providers_are_listed_for_a_login_page(desk: Desk) -> None:
    listed = expect(await desk.client.get("/v1/sso"))["items"]
    assert listed == [{"name": "test", "label": "Testers", "login": "/v1/sso/test/login"}]
