from __future__ import annotations

import pytest

from domain.identity.errors import CustomerInGroup
from domain.identity.user import User
from domain.shared.actor import Role, TicketAccess
from domain.shared.errors import DomainError
from domain.shared.ids import uuid7
from tests.unit.domain.builders import NOW, later, pulled

GROUP, OTHER_GROUP, ORGANIZATION = uuid7(), uuid7(), uuid7()


def register(**changes: object) -> User:
    values: dict[str, object] = {"name": "Ada", "email": "ada@example.com", "at": NOW}
    return User.register(**(values | changes))  # type: ignore[arg-type]


def registered(**changes: object) -> User:
    user = register(**changes)
    user.pull_events()
    return user


def test_a_user_is_a_customer_unless_said_otherwise() -> None:
    user = register(name=" Ada ", email="ADA@example.com")
    assert (user.name, user.email, user.role, user.active) == ("Ada", "ada@example.com", Role.CUSTOMER, True)
    (event,) = user.pull_events()
    assert event.data()["role"] == "customer"


def test_an_agent_belongs_to_groups() -> None:
    user = register(
        role="agent",
        group_ids=[GROUP, GROUP],
        organization_id=ORGANIZATION,
        locale="DE",
        external_id="u1",
        id=OTHER_GROUP,
    )
    assert (user.id, user.group_ids, user.organization_id) == (OTHER_GROUP, frozenset({GROUP}), ORGANIZATION)
    assert (user.locale, user.external_id) == ("de", "u1")


def test_the_history_begins_with_what_decides_what_they_may_see() -> None:
    user = register(role="agent", group_ids=[GROUP], organization_id=ORGANIZATION)
    (event,) = user.pull_events()
    assert event.event_type() == "UserRegistered"
    assert event.data() == {
        "name": user.name,
        "email": user.email,
        "role": "agent",
        "group_ids": [str(GROUP)],
        "organization_id": str(ORGANIZATION),
    }


def test_a_user_acts_with_what_is_known_of_them() -> None:
    user = register(role="agent", ticket_access="groups", group_ids=[GROUP], organization_id=ORGANIZATION)
    actor = user.actor(organization_shares_tickets=True)
    assert (actor.user_id, actor.role, actor.group_ids) == (user.id, Role.AGENT, frozenset({GROUP}))
    assert (actor.organization_id, actor.organization_shares_tickets) == (ORGANIZATION, True)
    assert (actor.ticket_access, actor.sees_every_ticket) == (TicketAccess.GROUPS, False)


@pytest.mark.parametrize(
    ("role", "sees_every_ticket"), [("admin", (True, True)), ("agent", (True, False)), ("customer", (False, False))]
)
def test_ticket_access_is_a_limit_of_agents_only(role: str, sees_every_ticket: tuple[bool, bool]) -> None:
    user = registered(role=role)
    assert user.ticket_access is TicketAccess.ALL
    assert user.actor().sees_every_ticket is sees_every_ticket[0]
    user.change({"ticket_access": "groups"}, at=later())
    (event,) = user.pull_events()
    assert event.data()["changes"] == {"ticket_access": {"before": "all", "after": "groups"}}
    assert user.actor().sees_every_ticket is sees_every_ticket[1]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"email": "x"}, "/email"),
        ({"role": "king"}, "/role"),
        ({"ticket_access": "some"}, "/ticket_access"),
        ({"locale": "x"}, "/locale"),
        ({"external_id": ""}, "/external_id"),
        ({"role": "agent", "group_ids": ["x"]}, "/group_ids/0"),
        ({"role": "agent", "group_ids": "x"}, "/group_ids"),
        ({"role": "agent", "group_ids": [uuid7() for _ in range(101)]}, "/group_ids"),
        ({"group_ids": [GROUP]}, "/group_ids"),
    ],
)
def test_bad_input_points_at_the_culprit(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(DomainError) as refusal:
        register(**changes)
    assert refusal.value.pointer == pointer


def test_a_merge_patch_changes_what_it_names() -> None:
    user = registered(role="agent", organization_id=ORGANIZATION)
    user.change(
        {
            "name": "Ada L.",
            "email": "Ada.L@example.com",
            "organization_id": None,
            "locale": "fr",
            "group_ids": [str(GROUP), OTHER_GROUP],
        },
        at=later(),
    )
    assert (user.name, user.email, user.organization_id, user.locale) == ("Ada L.", "ada.l@example.com", None, "fr")
    assert user.group_ids == {GROUP, OTHER_GROUP}
    (event,) = user.pull_events()
    changes = event.data()["changes"]
    assert isinstance(changes, dict)
    assert changes["group_ids"] == {"before": [], "after": sorted([str(GROUP), str(OTHER_GROUP)])}
    user.change({"group_ids": None}, at=later(2))
    assert user.group_ids == frozenset()


def test_role_and_activity_are_told_by_events_of_their_own() -> None:
    user = registered()
    user.change({"role": "agent", "active": False, "name": "Eve"}, at=later())
    assert pulled(user) == ["UserChanged", "UserRoleChanged", "UserDeactivated"]
    user.change({"role": "agent", "active": False, "name": "Eve"}, at=later(2))
    assert pulled(user) == []
    user.change({"active": True}, at=later(3))
    assert pulled(user) == ["UserReactivated"]


def test_a_role_event_tells_both_roles() -> None:
    user = registered()
    user.change({"role": Role.ADMIN}, at=later())
    (event,) = user.pull_events()
    assert event.data() == {"before": "customer", "after": "admin"}


def test_a_customer_cannot_stay_in_groups() -> None:
    user = registered(role="agent", group_ids=[GROUP])
    with pytest.raises(CustomerInGroup):
        user.change({"role": "customer"}, at=later())
    assert (user.role, user.has_changes) == (Role.AGENT, False)
    user.change({"role": "customer", "group_ids": []}, at=later())
    assert (user.role, user.group_ids) == (Role.CUSTOMER, frozenset())


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"email": None}, "/email"),
        ({"role": None}, "/role"),
        ({"ticket_access": None}, "/ticket_access"),
        ({"active": None}, "/active"),
        ({"organization_id": "x"}, "/organization_id"),
        ({"locale": "x"}, "/locale"),
        ({"password": "x"}, "/password"),
        ({"name": "fine", "email": "wrong"}, "/email"),
    ],
)
def test_a_refused_change_changes_nothing(changes: dict[str, object], pointer: str) -> None:
    user = registered()
    with pytest.raises(DomainError) as refusal:
        user.change(changes, at=later())
    assert refusal.value.pointer == pointer
    assert (user.name, user.has_changes) == ("Ada", False)


def test_a_new_password_is_history_without_the_password() -> None:
    user = registered()
    user.password_changed(at=later())
    (event,) = user.pull_events()
    assert (event.event_type(), event.data()) == ("UserPasswordChanged", {})
