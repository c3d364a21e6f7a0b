from __future__ import annotations

from typing import Any

import pytest

from domain.shared.actor import Actor, Role, TicketAccess
from domain.shared.ids import uuid7
from domain.tickets import policies
from domain.tickets.messages import Visibility
from domain.tickets.status import TRANSITIONS, TicketStatus
from tests.unit.domain.builders import REQUESTER, actor, stored_ticket

ORGANIZATION = uuid7()
GROUP = uuid7()
ADMIN = actor(Role.ADMIN)
COLLEAGUE = actor(Role.AGENT)
OWNER = actor(Role.CUSTOMER, REQUESTER)
STRANGER = actor(Role.CUSTOMER)
SHARING = actor(Role.CUSTOMER, organization_id=ORGANIZATION, organization_shares_tickets=True)
NOT_SHARING = actor(Role.CUSTOMER, organization_id=ORGANIZATION)
SCOPED = actor(Role.AGENT, group_ids=frozenset({GROUP, uuid7()}), ticket_access=TicketAccess.GROUPS)
SCOPED_NOWHERE = actor(Role.AGENT, ticket_access=TicketAccess.GROUPS)
NOWHERE = actor(Role.CUSTOMER, organization_shares_tickets=True)


@pytest.mark.parametrize(
    ("who", "reads", "replies", "writes"),
    [
        (ADMIN, True, True, True),
        (COLLEAGUE, True, True, True),
        (OWNER, True, True, False),
        (SHARING, True, False, False),
        (NOT_SHARING, False, False, False),
        (STRANGER, False, False, False),
    ],
)
def test_who_may_do_what_with_a_ticket(who: Actor, reads: bool, replies: bool, writes: bool) -> None:
    ticket = stored_ticket(organization_id=ORGANIZATION)
    assert policies.may_read_ticket(who, ticket) is reads
    assert policies.may_read_message(who, ticket, Visibility.PUBLIC) is reads
    assert policies.may_read_message(who, ticket, Visibility.INTERNAL) is writes
    assert policies.may_reply(who, ticket) is replies
    assert policies.may_write_ticket(who, ticket) is writes
    assert policies.may_add_internal_note(who, ticket) is writes
    assert policies.may_show_presence(who, ticket) is writes


def test_two_without_an_organization_share_nothing() -> None:
    assert not policies.may_read_ticket(NOWHERE, stored_ticket(organization_id=None))
    assert not policies.may_read_ticket(SHARING, stored_ticket(organization_id=uuid7()))


@pytest.mark.parametrize(
    ("facts", "sees"),
    [
        ({}, False),
        ({"group_id": uuid7()}, False),
        ({"assignee_id": uuid7()}, False),
        ({"organization_id": ORGANIZATION}, False),
        ({"group_id": GROUP}, True),
        ({"group_id": uuid7(), "assignee_id": SCOPED.user_id}, True),
        ({"requester_id": SCOPED.user_id}, True),
    ],
)
def test_a_scoped_agent_works_on_tickets_of_their_groups_and_their_own(facts: dict[str, Any], sees: bool) -> None:
    ticket = stored_ticket(**facts)
    assert policies.may_read_ticket(SCOPED, ticket) is sees
    assert policies.may_read_message(SCOPED, ticket, Visibility.INTERNAL) is sees
    assert policies.may_write_ticket(SCOPED, ticket) is sees
    assert policies.may_reply(SCOPED, ticket) is sees
    assert policies.may_add_internal_note(SCOPED, ticket) is sees
    assert bool(policies.allowed_statuses(SCOPED, ticket)) is sees
    assert policies.may_change_status(SCOPED, ticket, TicketStatus.OPEN) is sees
    assert not policies.may_read_ticket(SCOPED_NOWHERE, ticket)


def test_ticket_access_limits_neither_admins_nor_customers() -> None:
    limited_admin = actor(Role.ADMIN, ticket_access=TicketAccess.GROUPS)
    assert policies.may_write_ticket(limited_admin, stored_ticket())
    limited_owner = actor(Role.CUSTOMER, REQUESTER, ticket_access=TicketAccess.GROUPS)
    assert policies.may_read_ticket(limited_owner, stored_ticket())
    assert not policies.may_read_ticket(limited_owner, stored_ticket(requester_id=uuid7(), group_id=GROUP))


@pytest.mark.parametrize("status", TicketStatus)
def test_staff_take_every_step_of_the_table(status: TicketStatus) -> None:
    assert policies.allowed_statuses(COLLEAGUE, stored_ticket(status)) == TRANSITIONS[status]
    assert all(policies.may_change_status(COLLEAGUE, stored_ticket(status), to) for to in TicketStatus)


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (TicketStatus.NEW, (TicketStatus.SOLVED,)),
        (TicketStatus.OPEN, (TicketStatus.SOLVED,)),
        (TicketStatus.PENDING, (TicketStatus.SOLVED,)),
        (TicketStatus.ON_HOLD, (TicketStatus.SOLVED,)),
        (TicketStatus.SOLVED, (TicketStatus.OPEN,)),
        (TicketStatus.CLOSED, ()),
    ],
)
def test_customers_solve_and_reopen_their_own(status: TicketStatus, steps: tuple[TicketStatus, ...]) -> None:
    ticket = stored_ticket(status, organization_id=ORGANIZATION)
    assert policies.allowed_statuses(OWNER, ticket) == steps
    assert policies.allowed_statuses(SHARING, ticket) == ()
    allowed = {to for to in TicketStatus if policies.may_change_status(OWNER, ticket, to)}
    assert allowed == {*steps, status}
    assert not any(policies.may_change_status(SHARING, ticket, to) for to in TicketStatus)


def test_customers_open_tickets_for_themselves() -> None:
    assert policies.may_open_ticket(OWNER, REQUESTER)
    assert not policies.may_open_ticket(STRANGER, REQUESTER)
    assert policies.may_open_ticket(COLLEAGUE, REQUESTER)


@pytest.mark.parametrize(
    ("field", "allowed"), [("subject", True), ("priority", True), ("assignee_id", False), ("tags", False)]
)
def test_customers_leave_the_sorting_to_agents(field: str, allowed: bool) -> None:
    assert policies.may_set_when_opening(OWNER, field) is allowed
    assert policies.may_set_when_opening(COLLEAGUE, field)


@pytest.mark.parametrize(("who", "allowed"), [(ADMIN, True), (COLLEAGUE, False), (OWNER, False)])
def test_only_admins_delete_and_define(who: Actor, allowed: bool) -> None:
    assert policies.may_delete_ticket(who) is allowed
    assert policies.may_manage_ticket_fields(who) is allowed


@pytest.mark.parametrize(
    ("role", "active", "allowed"),
    [(Role.AGENT, True, True), (Role.ADMIN, True, True), (Role.AGENT, False, False), (Role.CUSTOMER, True, False)],
)
def test_active_staff_can_be_assigned(role: Role, active: bool, allowed: bool) -> None:
    assert policies.may_be_assigned(role, active) is allowed
