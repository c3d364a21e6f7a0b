from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity.errors import (
    SsoEmailNotAllowed,
    SsoEmailNotVerified,
    SsoNoAccount,
    SsoOtherIdentity,
    SsoRefused,
    SsoUserInactive,
)
from domain.identity.events import UserIdentityLinked, UserRoleChanged
from domain.identity.single_sign_on import Admission, Claims, SsoRules, admit
from domain.identity.user import MAX_NAME_LENGTH, User
from domain.shared.actor import Role
from domain.shared.ids import uuid7

AT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)
ISSUER = "https://login.example.com"
CLAIMS = Claims(ISSUER, "7", "ines@example.com", True, "Ines Ruiz")
RULES = SsoRules(label="Login", provider="login")
MAPPED = replace(RULES, roles={"admins": Role.ADMIN, "agents": Role.AGENT})


def user(role: Role = Role.CUSTOMER, **fields: Any) -> User:
    made = User.register(name="Ines", email="ines@example.com", role=role, at=AT, **fields)
    made.pull_events()
    made.saved()
    return made


def come_in(claims: Claims = CLAIMS, rules: SsoRules = RULES, **known: Any) -> Admission:
    return admit(claims, rules, **{"linked": None, "by_email": None, "at": AT, **known})


def test_a_newcomer_is_registered_and_linked() -> None:
    admission = come_in()
    assert admission.is_new and admission.is_linked_now
    made = admission.user
    assert (made.name, made.email, made.role) == ("Ines Ruiz", "ines@example.com", Role.CUSTOMER)
    assert made.pull_events()[-1] == UserIdentityLinked(occurred_at=AT, provider="login", issuer=ISSUER, subject="7")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (None, "ines"),
        ("", "ines"),
        (" \x00\ud800 ", "ines"),
        ("a\x00b\nc", "a b c"),
        ("x" * 500, "x" * MAX_NAME_LENGTH),
    ],
)
def test_whatever_another_system_takes_for_a_name(said: str | None, name: str) -> None:
    assert come_in(replace(CLAIMS, name=said)).user.name == name


def test_a_known_subject_is_its_user_whatever_the_address_says() -> None:
    known = user()
    admission = come_in(replace(CLAIMS, email=None, email_verified=False), linked=known)
    assert admission == Admission(known)
    assert not known.has_changes


def test_a_verified_address_links_once() -> None:
    known = user(Role.AGENT)
    assert come_in(by_email=known) == Admission(known, is_linked_now=True)
    with pytest.raises(SsoOtherIdentity):
        come_in(by_email=user(), issuers_of_by_email={ISSUER})
    assert come_in(by_email=user(), issuers_of_by_email={"https://another.example.com"}).is_linked_now


@pytest.mark.parametrize("email", [None, "", "no address", "ines@example.com\0"])
def test_what_is_no_address_links_nobody(email: str | None) -> None:
    with pytest.raises(SsoEmailNotVerified):
        come_in(replace(CLAIMS, email=email))


def test_nobody_is_made_where_none_shall_be() -> None:
    with pytest.raises(SsoNoAccount):
        come_in(rules=replace(RULES, makes_users=False))


def test_roles_are_taken_away_as_they_are_given() -> None:
    group = uuid7()
    known = user(Role.AGENT, group_ids=[group])
    come_in(replace(CLAIMS, roles=frozenset({"admins", "agents"})), MAPPED, linked=known)
    assert (known.role, known.group_ids) == (Role.ADMIN, frozenset({group}))
    come_in(CLAIMS, MAPPED, linked=known)
    assert (known.role, known.group_ids) == (Role.CUSTOMER, frozenset())
    assert [event.after for event in known.pull_events() if isinstance(event, UserRoleChanged)] == [
        Role.ADMIN,
        Role.CUSTOMER,
    ]


def test_groups_are_those_that_the_provider_gives_where_it_gives_any() -> None:
    before, after = uuid7(), uuid7()
    known = user(Role.AGENT, group_ids=[before])
    come_in(linked=known, group_ids=[after])
    assert known.group_ids == {before}
    come_in(rules=replace(RULES, gives_groups=True), linked=known, group_ids=[after])
    assert known.group_ids == {after}
    customer = user()
    come_in(rules=replace(RULES, gives_groups=True), linked=customer, group_ids=[after])
    assert customer.group_ids == frozenset()


addresses = st.sampled_from(
    ["ines@example.com", "INES@EXAMPLE.COM", "a@evil-example.com", "a@x.example.com", "a@b@c", None]
)
claims = st.builds(
    Claims,
    issuer=st.just(ISSUER),
    subject=st.just("7"),
    email=addresses,
    email_verified=st.booleans(),
    name=st.text(max_size=5),
    roles=st.frozensets(st.sampled_from(["admins", "agents", "others", "admin"])),
)
rules = st.builds(
    SsoRules,
    label=st.just("Login"),
    provider=st.just("login"),
    email_domains=st.sampled_from([frozenset(), frozenset({"example.com"})]),
    makes_users=st.booleans(),
    default_role=st.sampled_from([Role.CUSTOMER, Role.AGENT]),
    roles=st.sampled_from([{}, {"admins": Role.ADMIN, "agents": Role.AGENT}]),
)


@given(
    claims=claims,
    rules=rules,
    is_linked=st.booleans(),
    is_known=st.booleans(),
    active=st.booleans(),
    before=st.sampled_from(list(Role)),
    other=st.booleans(),
)
def test_nobody_comes_in_or_rises_but_by_the_rules(
    claims: Claims, rules: SsoRules, is_linked: bool, is_known: bool, active: bool, before: Role, other: bool
) -> None:
    known = user(before)
    known.active = active
    linked, by_email = (known if is_linked else None), (known if is_known and not is_linked else None)
    allowed = not rules.email_domains or (claims.email or "").lower().endswith("@example.com")
    try:
        admission = come_in(
            claims, rules, linked=linked, by_email=by_email, issuers_of_by_email={ISSUER} if other else set()
        )
    except SsoRefused as refused:
        if isinstance(refused, SsoEmailNotAllowed):
            assert not allowed
        if isinstance(refused, SsoUserInactive):
            assert not active
        return
    assert allowed
    assert admission.user.active
    if not is_linked:
        assert claims.email_verified and claims.email is not None
        assert not (by_email is not None and other)
        assert admission.is_new is (by_email is None)
        assert rules.makes_users or by_email is not None
    given = {"admins": Role.ADMIN, "agents": Role.AGENT}
    if admission.user.role is Role.ADMIN and before is not Role.ADMIN:
        assert rules.roles and "admins" in claims.roles
    if rules.roles and not claims.roles & given.keys():
        assert admission.user.role is rules.default_role
