from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.identity.email import normalise_email
from domain.identity.user import User
from domain.shared.actor import Role
from write_api.persistence.lookups import user_ids_by_email
from write_api.persistence.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    role: Role


class PeopleOfBatch:
    """Finds the users that a batch names by address, and registers those who are new, once each."""

    def __init__(self, unit: UnitOfWork, known: dict[str, UUID]) -> None:
        self._unit = unit
        self._ids = known

    @classmethod
    async def load(cls, unit: UnitOfWork, emails: Iterable[str]) -> PeopleOfBatch:
        return cls(unit, await user_ids_by_email(unit.session, {email.strip().lower() for email in emails}))

    async def id_of(self, person: Person, at: datetime) -> UUID:
        email = normalise_email(person.email)
        known = self._ids.get(email)
        if known is not None:
            return known
        user = User.register(name=person.name.strip() or email, email=email, role=person.role, at=at)
        await self._unit.users.add(user)
        self._ids[email] = user.id
        return user.id
