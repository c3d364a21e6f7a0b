"""A desk of chance: people, tickets and documents made through the command API, and what each of them may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.support.desk import Caller, expect, open_ticket, publish_document, write_document
from tests.support.house import House
from tests.support.words import word
from tests.unit.access import oracle
from tests.unit.access.oracle import Person

TICKETS, DOCUMENTS, DRAFTS = 32, 20, 8


@dataclass(frozen=True)
class Member:
    person: Person
    caller: Caller


@dataclass
class RandomDesk:
    chance: Random
    members: dict[str, Member] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    organizations: list[str] = field(default_factory=list)
    # As the oracle looks at them, with words that nothing else has: in the subject and in a note.
    tickets: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    # In every text there is.
    common: str = field(default_factory=word)

    def tickets_of(self, member: Member, **facts: object) -> list[dict[str, Any]]:
        """Those that are to be seen, and have these facts."""
        seen = [one for one in self.tickets if oracle.ticket(member.person, one)]
        return [one for one in seen if facts.items() <= {name: one[name] for name in facts}.items()]

    def documents_of(self, member: Member) -> list[dict[str, Any]]:
        return [one for one in self.documents if oracle.document(member.person, one)]

    def drafts_of(self, member: Member) -> list[dict[str, Any]]:
        return [one for one in self.drafts if oracle.draft(member.person, one)]


async def make(house: House, seed: int) -> RandomDesk:
    desk = RandomDesk(Random(seed))
    desk.groups = [await house.group(word()) for _ in range(3)]
    desk.organizations = [await house.organization(word(), shares_tickets=shares) for shares in (True, False)]
    await _hire(house, desk)
    for _ in range(TICKETS):
        await _open(house.admin, desk)
    for _ in range(DOCUMENTS):
        await _publish(house.admin, desk)
    for _ in range(DRAFTS):
        fields = _audience(desk)
        draft = await write_document(house.admin, title=f"{desk.common} {word()}", **fields)
        desk.drafts.append({**draft, "group_ids": [], **fields})
    return desk


async def _hire(house: House, desk: RandomDesk) -> None:
    first, second, third = desk.groups
    sharing, closed = desk.organizations
    for name, role, rights in (
        ("scoped in one", "agent", {"ticket_access": "groups", "group_ids": [first]}),
        ("scoped in two", "agent", {"ticket_access": "groups", "group_ids": [first, second]}),
        ("scoped in none", "agent", {"ticket_access": "groups", "organization_id": sharing}),
        ("agent", "agent", {"group_ids": [third]}),
        ("limited admin", "admin", {"ticket_access": "groups"}),
        ("sharing", "customer", {"organization_id": sharing}),
        ("sharing too", "customer", {"organization_id": sharing}),
        ("closed", "customer", {"organization_id": closed}),
        ("closed too", "customer", {"organization_id": closed}),
        ("alone", "customer", {"ticket_access": "groups"}),
    ):
        caller = await house.desk.register(house.admin, role, **rights)
        organization = rights.get("organization_id")
        person = Person(
            caller.id,
            role,
            scoped=rights.get("ticket_access") == "groups",
            groups=frozenset(rights.get("group_ids", ())),
            organization=None if organization is None else str(organization),
            shares=organization == sharing,
        )
        desk.members[name] = Member(person, caller)
    nobody = Person(None, "anonymous", False, frozenset(), None, False)
    desk.members["anonymous"] = Member(nobody, house.desk.anonymous)


async def _open(admin: Caller, desk: RandomDesk) -> None:
    chance, people = desk.chance, [one.person for one in desk.members.values() if one.person.id is not None]
    requester = chance.choice(people)
    given = {
        "assignee_id": chance.choice([None, None, *(one.id for one in people if one.works_here)]),
        "group_id": chance.choice([None, *desk.groups]),
        "organization_id": chance.choice([None, None, *desk.organizations]),
    }
    ticket = {
        "requester_id": requester.id,
        **given,
        "priority": chance.choice(("low", "normal", "high", "urgent")),
        "subject": f"{desk.common} {word()}",
        "body": f"{desk.common} {word()}",
    }
    opened = await open_ticket(admin, **{name: value for name, value in ticket.items() if value is not None})
    secret = word()
    note = {"body": f"Between us: {secret}", "visibility": "internal"}
    expect(await admin.write.post(f"/v1/tickets/{opened['id']}/messages", json=note), 201)
    # Left out, it is the requester's.
    ticket["organization_id"] = ticket["organization_id"] or requester.organization
    desk.tickets.append({**ticket, "id": opened["id"], "number": opened["number"], "secret": secret})


async def _publish(admin: Caller, desk: RandomDesk) -> None:
    fields = _audience(desk)
    title = f"{desk.common} {word()}"
    tags = [desk.chance.choice(("one", "two", "three"))]
    published = await publish_document(admin, admin, title=title, tags=tags, **fields)
    desk.documents.append({**published, "title": title, "tags": tags, "group_ids": [], **fields})


def _audience(desk: RandomDesk) -> dict[str, Any]:
    visibility = desk.chance.choice(("public", "customers", "agents", "groups", "groups"))
    if visibility != "groups":
        return {"visibility": visibility}
    return {"visibility": visibility, "group_ids": desk.chance.sample(desk.groups, desk.chance.randrange(1, 3))}
