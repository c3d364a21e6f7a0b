from __future__ import annotations

from domain.identity.passwords import validate_password
from domain.identity.user import User
from domain.shared.actor import Role
from domain.shared.clock import Clock, SystemClock
from write_api.identity.common_passwords import common_passwords
from write_api.identity.passwords import PasswordHasher
from write_api.persistence.unit_of_work import UnitOfWorkFactory


async def create_administrator(
    unit_of_work: UnitOfWorkFactory,
    hasher: PasswordHasher,
    *,
    email: str,
    name: str,
    password: str,
    clock: Clock | None = None,
) -> User:
    """The way in to an empty installation: everybody else is registered by an administrator through the API."""
    at = (clock or SystemClock()).now()
    valid = validate_password(password, email=email, name=name, common=common_passwords())
    password_hash = await hasher.hash(valid)
    user = User.register(name=name, email=email, role=Role.ADMIN, at=at)
    async with unit_of_work() as unit:
        await unit.users.add(user)
        await unit.users.set_password_hash(user.id, password_hash, at)
        await unit.commit()
    return user
