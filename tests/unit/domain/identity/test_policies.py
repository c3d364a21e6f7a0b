from __future__ import annotations

import pytest

from domain.identity import policies
from domain.identity.errors import OwnPasswordProtected, OwnRightsProtected
from domain.shared.actor import Actor, Role, TicketAccess
from domain.shared.ids import uuid7
from tests.unit.domain.builders import actor

ADMIN, COLLEAGUE, CUSTOMER = actor(Role.ADMIN), actor(Role.AGENT), actor(Role.CUSTOMER)
SCOPED = actor(Role.AGENT, ticket_access=TicketAccess.GROUPS)
SOMEBODY = uuid7()


@pytest.mark.parametrize(
    ("who", "roles"), [(ADMIN, {"admin", "agent", "customer"}), (COLLEAGUE, {"customer"}), (CUSTOMER, set())]
)
def test_who_creates_whom(who: Actor, roles: set[str]) -> None:
    assert {role.value for role in Role if policies.may_create_user(who, role)} == roles


@pytest.mark.parametrize(
    ("who", "user_id", "role", "fields", "allowed"),
    [
        (ADMIN, SOMEBODY, Role.ADMIN, {"role", "email", "active"}, True),
        (COLLEAGUE, SOMEBODY, Role.CUSTOMER, {"name", "organization_id", "locale"}, True),
        (SCOPED, SOMEBODY, Role.CUSTOMER, {"name", "locale"}, True),
        (SCOPED, SOMEBODY, Role.CUSTOMER, {"organization_id"}, False),
        (SCOPED, SCOPED.user_id, Role.AGENT, {"ticket_access"}, False),
        (COLLEAGUE, SOMEBODY, Role.CUSTOMER, {"role"}, False),
        (COLLEAGUE, COLLEAGUE.user_id, Role.AGENT, {"ticket_access"}, False),
        (COLLEAGUE, SOMEBODY, Role.CUSTOMER, {"email"}, False),
        (COLLEAGUE, SOMEBODY, Role.AGENT, {"name"}, False),
        (COLLEAGUE, COLLEAGUE.user_id, Role.AGENT, {"name", "locale"}, True),
        (COLLEAGUE, COLLEAGUE.user_id, Role.AGENT, {"role"}, False),
        (COLLEAGUE, COLLEAGUE.user_id, Role.AGENT, {"group_ids"}, False),
        (CUSTOMER, CUSTOMER.user_id, Role.CUSTOMER, {"name"}, True),
        (CUSTOMER, CUSTOMER.user_id, Role.CUSTOMER, {"organization_id"}, False),
        (CUSTOMER, SOMEBODY, Role.CUSTOMER, {"name"}, False),
    ],
)
def test_who_changes_what_of_whom(who: Actor, user_id: object, role: Role, fields: set[str], allowed: bool) -> None:
    assert policies.may_change_user(who, user_id, role, fields) is allowed  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"role": "agent"}, "/role"), ({"role": Role.CUSTOMER}, "/role"), ({"active": False}, "/active")],
)
def test_nobody_locks_themselves_out(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(OwnRightsProtected) as refusal:
        policies.refuse_losing_own_rights(ADMIN, ADMIN.user_id, changes)
    assert refusal.value.pointer == pointer
    policies.refuse_losing_own_rights(ADMIN, SOMEBODY, changes)


def test_what_keeps_the_own_rights_is_fine() -> None:
    policies.refuse_losing_own_rights(ADMIN, ADMIN.user_id, {"role": "admin", "active": True, "name": "Ada"})


@pytest.mark.parametrize(
    ("who", "staff", "admin"), [(ADMIN, True, True), (COLLEAGUE, True, False), (CUSTOMER, False, False)]
)
def test_who_manages_what(who: Actor, staff: bool, admin: bool) -> None:
    assert policies.may_read_people(who) is staff
    assert policies.may_manage_organizations(who) is staff
    assert policies.may_manage_groups(who) is admin
    assert policies.may_manage_sessions(who, SOMEBODY) is admin
    assert policies.may_manage_sessions(who, who.user_id)
    assert policies.may_manage_api_tokens(who, SOMEBODY) is admin
    assert policies.may_manage_api_tokens(who, who.user_id)
    policies.refuse_own_password(who, SOMEBODY)
    with pytest.raises(OwnPasswordProtected):
        policies.refuse_own_password(who, who.user_id)


def test_who_sees_some_tickets_only_puts_nobody_into_an_organization_that_shares_all() -> None:
    assert not policies.may_manage_organizations(SCOPED)
    assert policies.may_read_people(SCOPED)
