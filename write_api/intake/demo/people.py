from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from domain.identity.group import Group
from domain.identity.organization import Organization
from domain.identity.user import User
from domain.knowledge.category import Category
from domain.shared.actor import Role
from write_api.intake.demo.content import DemoContent
from write_api.persistence.unit_of_work import UnitOfWork

DEMO_PASSWORD = "tidedesk-demo-2026"
LOGINS = {
    "admin@example.com": ("Nora Feldmann", Role.ADMIN),
    "agent@example.com": ("Samuel Adeyemi", Role.AGENT),
    "customer@example.com": ("Clara Jensen", Role.CUSTOMER),
}


@dataclass(frozen=True)
class DemoPeople:
    """Ids of who appears in the demo data; customers with their organization."""

    groups: dict[str, UUID]
    agents: list[UUID]
    customers: list[tuple[UUID, UUID]]

    @classmethod
    def of(cls, content: DemoContent) -> DemoPeople:
        world = content.world
        organizations = [content.id("organization", one["name"]) for one in world["organizations"]]
        customers = [content.id("user", name) for name in ["Clara Jensen", *world["customers"]]]
        return cls(
            groups={name: content.id("group", name) for name in world["groups"]},
            agents=[content.id("user", name) for name in ["Samuel Adeyemi", *world["agents"]]],
            customers=[(person, organizations[i % len(organizations)]) for i, person in enumerate(customers)],
        )


async def add_people(unit: UnitOfWork, content: DemoContent, password_hash: str) -> None:
    """Organizations, groups, categories, agents and customers; the three demo logins get the demo password."""
    at = content.now - timedelta(days=90)
    people, world = DemoPeople.of(content), content.world
    for one in world["organizations"]:
        organization = Organization.create(
            name=one["name"],
            domains=one["domains"],
            shares_tickets=one["shares_tickets"],
            at=at,
            id=content.id("organization", one["name"]),
        )
        await unit.organizations.add(organization)
    for position, (name, description) in enumerate(world["groups"].items()):
        await unit.groups.add(Group.create(name=name, description=description, at=at, id=people.groups[name]))
        category = Category.create(names={"en": name}, at=at, position=position, id=content.id("category", name))
        await unit.categories.add(category)
    organization_of = dict(people.customers)
    staff = [(name, Role.AGENT) for name in world["agents"]]
    customers = [(name, Role.CUSTOMER) for name in world["customers"]]
    for email, (name, role) in [*LOGINS.items(), *((_address(name), (name, role)) for name, role in staff + customers)]:
        user_id = content.id("user", name)
        user = User.register(
            name=name,
            email=email,
            role=role,
            at=at,
            group_ids=people.groups.values() if role is Role.AGENT else (),
            organization_id=organization_of.get(user_id),
            id=user_id,
        )
        await unit.users.add(user)
        if email in LOGINS:
            await unit.users.set_password_hash(user_id, password_hash, at)


def _address(name: str) -> str:
    folded = name.casefold().translate(str.maketrans("ıáãéíöøłžřçñńüå'", "iaaeioolzrcnnua."))
    ascii_only = "".join(letter for letter in folded.replace(" ", ".") if letter.isascii())
    return f"{ascii_only}@people.example"
