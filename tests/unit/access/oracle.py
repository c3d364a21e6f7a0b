"""Who may see what, said once more and in other words: nothing here comes from the code that it judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Source = Mapping[str, Any]


@dataclass(frozen=True)
class Person:
    id: str | None
    role: str
    # Of agents: only tickets of the own groups.
    scoped: bool
    groups: frozenset[str]
    organization: str | None
    # The organization lets its people read one another's tickets.
    shares: bool

    @property
    def works_here(self) -> bool:
        return self.role in {"agent", "admin"}


def ticket(person: Person, source: Source) -> bool:
    reasons = {
        "admin": person.role == "admin",
        "agent without limits": person.role == "agent" and not person.scoped,
        "requested it": person.id is not None and source["requester_id"] == person.id,
        "works on it": person.role == "agent" and source["assignee_id"] == person.id,
        "works in its group": person.role == "agent" and source["group_id"] in person.groups,
        "belongs to the organization, which shares": (
            person.role == "customer"
            and person.shares
            and person.organization is not None
            and source["organization_id"] == person.organization
        ),
    }
    return any(reasons.values())


def message(person: Person, of: Source, source: Source) -> bool:
    return ticket(person, of) and (source["visibility"] == "public" or person.works_here)


def presence(person: Person, of: Source) -> bool:
    return person.works_here and ticket(person, of)


def event(person: Person, of: Source, source: Source) -> bool:
    return ticket(person, of) and (source["audience"] == "public" or person.works_here)


def document(person: Person, source: Source) -> bool:
    readers = {
        "public": True,
        "customers": person.role != "anonymous",
        "agents": person.works_here,
        "groups": person.role == "admin" or (person.role == "agent" and bool(person.groups & set(source["group_ids"]))),
    }
    return readers[source["visibility"]]


def draft(person: Person, source: Source) -> bool:
    return person.works_here and document(person, source)


def somebody(person: Person, source: Source) -> bool:
    """A user, a group or an organization."""
    return person.works_here or (person.id is not None and source["id"] in {person.id, person.organization})
