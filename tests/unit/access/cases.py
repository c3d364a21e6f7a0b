"""Generated people and what they might see, in the forms that the reading and the writing side know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from domain.knowledge.visibility import DocumentVisibility
from domain.shared.actor import Actor, Role, TicketAccess
from domain.tickets.status import TicketStatus
from read_api.context import Caller
from tests.unit.access.oracle import Person

Source = dict[str, Any]
PEOPLE, GROUPS, ORGANIZATIONS = ([str(UUID(int=kind * 100 + n)) for n in range(4)] for kind in (1, 2, 3))
# Messages and events are asked for within one ticket: of which one makes no difference to who sees them.
THREAD = str(UUID(int=400))
ROLES = ("anonymous", "customer", "customer", "agent", "agent", "agent", "admin")


@dataclass(frozen=True)
class TicketFacts:
    requester_id: UUID
    assignee_id: UUID | None
    group_id: UUID | None
    organization_id: UUID | None
    status: TicketStatus = TicketStatus.OPEN


@dataclass(frozen=True)
class DocumentFacts:
    visibility: DocumentVisibility
    group_ids: frozenset[UUID]


@dataclass(frozen=True)
class Case:
    """What somebody might see, each as the index holds it and as the aggregates have it."""

    ticket: Source
    message: Source
    event: Source
    document: Source
    somebody: Source
    ticket_facts: TicketFacts
    document_facts: DocumentFacts


def people(chance: Random, count: int) -> Iterator[Person]:
    for _ in range(count):
        role = chance.choice(ROLES)
        if role == "anonymous":
            yield Person(None, role, False, frozenset(), None, False)
            continue
        groups = frozenset(chance.sample(GROUPS, chance.randrange(3))) if role != "customer" else frozenset[str]()
        organization = chance.choice([None, *ORGANIZATIONS])
        # Limits of agents stay with whoever becomes something else, and mean nothing there.
        yield Person(chance.choice(PEOPLE), role, chance.random() < 0.6, groups, organization, chance.random() < 0.5)


def caller_of(person: Person) -> Caller:
    if person.id is None:
        return Caller()
    return Caller(
        user_id=person.id,
        role=person.role,
        organization_id=person.organization,
        organization_shares=person.shares and person.organization is not None,
        group_ids=tuple(sorted(person.groups)),
        ticket_access="groups" if person.scoped else "all",
    )


def actor_of(person: Person) -> Actor | None:
    if person.id is None:
        return None
    return Actor(
        UUID(person.id),
        Role(person.role),
        frozenset(map(UUID, person.groups)),
        None if person.organization is None else UUID(person.organization),
        person.shares,
        TicketAccess.GROUPS if person.scoped else TicketAccess.ALL,
    )


def cases(chance: Random, count: int) -> list[Case]:
    return [_case(chance, number) for number in range(count)]


def _case(chance: Random, number: int) -> Case:
    ticket: Source = {
        "id": str(UUID(int=10_000 + number)),
        "number": number,
        "status": "open",
        "requester_id": chance.choice(PEOPLE),
        "assignee_id": chance.choice([None, None, *PEOPLE]),
        "group_id": chance.choice([None, *GROUPS]),
        "organization_id": chance.choice([None, *ORGANIZATIONS]),
    }
    visibility = chance.choice(("public", "customers", "agents", "groups", "groups"))
    document: Source = {
        "id": str(UUID(int=20_000 + number)),
        "slug": f"document-{number}",
        "visibility": visibility,
        "group_ids": sorted(chance.sample(GROUPS, chance.randrange(1, 4))) if visibility == "groups" else [],
    }
    of_ticket = {"aggregate_type": "ticket", "aggregate_id": THREAD}
    kind = chance.choice(("user", "group", "organization"))
    return Case(
        ticket,
        {"ticket_id": THREAD, "visibility": chance.choice(("public", "internal"))},
        {**of_ticket, "audience": chance.choice(("public", "internal"))},
        document,
        {"id": chance.choice({"user": PEOPLE, "group": GROUPS, "organization": ORGANIZATIONS}[kind]), "kind": kind},
        TicketFacts(*(_uuid(ticket[name]) for name in ("requester_id", "assignee_id", "group_id", "organization_id"))),
        DocumentFacts(DocumentVisibility(visibility), frozenset(map(UUID, document["group_ids"]))),
    )


def _uuid(text: str | None) -> Any:
    return None if text is None else UUID(text)
