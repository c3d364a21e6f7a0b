from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest

from domain.identity.errors import (
    EmailTaken,
    GroupNotFound,
    NameTaken,
    OrganizationNotFound,
    SessionNotFound,
    UserNotFound,
)
from domain.identity.group import Group
from domain.identity.organization import Organization
from domain.identity.sessions import Session, SessionTerms
from domain.identity.user import User
from domain.shared.ids import uuid7
from tests.contract.conftest import NOW
from tests.contract.units import Units
from tests.support.words import word

LATER = NOW + timedelta(hours=1)
LIFETIME = timedelta(hours=12)
TERMS = SessionTerms(LIFETIME, LIFETIME)


def token_hash() -> bytes:
    return word().encode().ljust(32, b"-")


async def test_a_user_comes_back_with_groups_and_organization(units: Units) -> None:
    team, other_team = Group.create(name=word(), at=NOW), Group.create(name=word(), at=NOW)
    company = Organization.create(name=word(), domains=["example.com"], shares_tickets=True, external_id=word(), at=NOW)
    async with units() as unit:
        for group in (team, other_team):
            await unit.groups.add(group)
        await unit.organizations.add(company)
        await unit.commit()
    user = User.register(
        name="Grace Agent",
        email=f"{word()}@example.com",
        role="agent",
        group_ids=[team.id, other_team.id],
        organization_id=company.id,
        locale="en-GB",
        external_id=word(),
        at=NOW,
    )
    async with units() as unit:
        await unit.users.add(user)
        await unit.commit()
    async with units() as unit:
        again = await unit.users.get(user.id)
        assert asdict(again) == asdict(user)
        by_email = await unit.users.find_by_email(user.email)
        by_external_id = await unit.users.find_by_external_id(user.external_id or "")
        assert by_email is not None and by_external_id is not None
        assert by_email.id == by_external_id.id == user.id
        again.change({"group_ids": [str(team.id)], "active": False}, at=LATER)
        await unit.users.save(again)
        await unit.commit()
    async with units() as unit:
        left = await unit.users.get(user.id)
        assert (left.group_ids, left.active, left.version) == (frozenset({team.id}), False, 2)


async def test_unknown_people_are_not_found(units: Units) -> None:
    async with units() as unit:
        assert await unit.users.find_by_email(f"{word()}@example.com") is None
        assert await unit.users.find_by_external_id(word()) is None
        with pytest.raises(UserNotFound):
            await unit.users.get(uuid7())
        with pytest.raises(GroupNotFound):
            await unit.groups.get(uuid7())
        with pytest.raises(OrganizationNotFound):
            await unit.organizations.get(uuid7())
        with pytest.raises(SessionNotFound):
            await unit.sessions.get(uuid7())


async def test_an_email_belongs_to_one_user(units: Units, person: User) -> None:
    with pytest.raises(EmailTaken):
        async with units() as unit:
            await unit.users.add(User.register(name="Second", email=person.email, at=NOW))
            await unit.commit()


async def test_a_changed_email_may_not_be_taken_either(units: Units, person: User) -> None:
    other = User.register(name="Other", email=f"{word()}@example.com", at=NOW)
    async with units() as unit:
        await unit.users.add(other)
        await unit.commit()
    with pytest.raises(EmailTaken):
        async with units() as unit:
            other = await unit.users.get(other.id)
            other.change({"email": person.email}, at=LATER)
            await unit.users.save(other)
            await unit.commit()


async def test_names_of_groups_and_organizations_are_unique(units: Units) -> None:
    name = word()
    async with units() as unit:
        await unit.groups.add(Group.create(name=name, at=NOW))
        await unit.organizations.add(Organization.create(name=name, at=NOW))
        await unit.commit()
    with pytest.raises(NameTaken):
        async with units() as unit:
            await unit.groups.add(Group.create(name=name, at=NOW))
            await unit.commit()
    with pytest.raises(NameTaken):
        async with units() as unit:
            await unit.organizations.add(Organization.create(name=name, at=NOW))
            await unit.commit()


async def test_groups_and_organizations_change(units: Units) -> None:
    group, company = Group.create(name=word(), at=NOW), Organization.create(name=word(), at=NOW)
    async with units() as unit:
        await unit.groups.add(group)
        await unit.organizations.add(company)
        await unit.commit()
    async with units() as unit:
        group, company = await unit.groups.get(group.id), await unit.organizations.get(company.id)
        group.change({"description": "First line"}, at=LATER)
        company.change({"shares_tickets": True, "domains": ["example.org"]}, at=LATER)
        await unit.groups.save(group)
        await unit.organizations.save(company)
        await unit.commit()
    async with units() as unit:
        group, company = await unit.groups.get(group.id), await unit.organizations.get(company.id)
        assert (group.description, group.version) == ("First line", 2)
        assert (company.shares_tickets, company.domains, company.version) == (True, ("example.org",), 2)


async def test_missing_groups_are_named(units: Units) -> None:
    group, unknown = Group.create(name=word(), at=NOW), uuid7()
    async with units() as unit:
        await unit.groups.add(group)
        await unit.commit()
    async with units() as unit:
        assert await unit.groups.missing([group.id, unknown]) == {unknown}
        assert await unit.groups.missing([]) == set()
        assert await unit.groups.named([group.name, word()]) == {group.name: group.id}
        assert await unit.groups.named([]) == {}


async def test_a_password_hash_can_be_set_and_replaced(units: Units, person: User) -> None:
    async with units() as unit:
        assert await unit.users.credentials_of(person.email) is None
        await unit.users.set_password_hash(person.id, "first", NOW)
        await unit.commit()
    async with units() as unit:
        await unit.users.set_password_hash(person.id, "second", LATER)
        await unit.commit()
    async with units() as unit:
        assert await unit.users.credentials_of(person.email) == (person.id, "second")
        assert await unit.users.password_hash_of(person.id) == "second"
        assert await unit.users.password_hash_of(uuid7()) is None
        assert await unit.users.credentials_of(f"{word()}@example.com") is None
        leaving = await unit.users.get(person.id)
        leaving.change({"active": False}, at=LATER)
        await unit.users.save(leaving)
        await unit.commit()
    async with units() as unit:
        assert await unit.users.credentials_of(person.email) is None


async def test_live_sessions_are_neither_revoked_nor_expired(units: Units, person: User) -> None:
    live = Session.start(user_id=person.id, at=NOW, terms=TERMS, user_agent="curl", ip_address="192.0.2.1")
    revoked = Session.start(user_id=person.id, at=NOW, terms=TERMS)
    expired = Session.start(user_id=person.id, at=NOW, terms=SessionTerms(timedelta(minutes=1), LIFETIME))
    unused = Session.start(user_id=person.id, at=NOW, terms=SessionTerms(LIFETIME, timedelta(minutes=1)))
    async with units() as unit:
        for session in (live, revoked, expired, unused):
            await unit.sessions.add(session)
        await unit.commit()
    async with units() as unit:
        ended = await unit.sessions.get(revoked.id)
        ended.revoke(at=LATER, reason="signed_out")
        await unit.sessions.save(ended)
        await unit.commit()
    async with units() as unit:
        for found in (unit.sessions.live_of_user, unit.sessions.live_to_change):
            assert [session.id for session in await found(person.id, LATER)] == [live.id]
        assert asdict(await unit.sessions.get(live.id)) == asdict(live)
        assert (await unit.sessions.get(revoked.id)).revoked_at == LATER


async def test_a_refresh_token_is_used_once(units: Units, person: User) -> None:
    session = Session.start(user_id=person.id, at=NOW, terms=TERMS)
    token = session.issue(token_hash(), at=NOW)
    async with units() as unit:
        await unit.sessions.add(session)
        await unit.sessions.add_token(token)
        await unit.commit()
    async with units() as unit:
        assert await unit.sessions.find_token(token.token_hash) == token
        assert await unit.sessions.find_token(token_hash()) is None
        assert await unit.sessions.use_token(token.token_hash, LATER)
        await unit.commit()
    async with units() as unit:
        assert not await unit.sessions.use_token(token.token_hash, LATER)
        assert not await unit.sessions.use_token(token_hash(), LATER)
        used = await unit.sessions.find_token(token.token_hash)
        assert used is not None and used.used_at == LATER


async def test_a_token_of_a_unit_that_was_given_up_stays_unused(units: Units, person: User) -> None:
    session = Session.start(user_id=person.id, at=NOW, terms=TERMS)
    token = session.issue(token_hash(), at=NOW)
    async with units() as unit:
        await unit.sessions.add(session)
        await unit.sessions.add_token(token)
        await unit.commit()
    async with units() as unit:
        assert await unit.sessions.use_token(token.token_hash, LATER)
    async with units() as unit:
        assert await unit.sessions.use_token(token.token_hash, LATER)
