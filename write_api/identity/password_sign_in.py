from __future__ import annotations

from uuid import UUID

from domain.identity.email import normalise_email
from domain.shared.errors import ValidationFailed
from write_api.identity.errors import credentials_refused
from write_api.identity.passwords import PasswordHasher
from write_api.persistence.unit_of_work import UnitOfWorkFactory


class PasswordSignIn:
    """Finds who an address and a password belong to. Holds no connection while it waits for bcrypt."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, hasher: PasswordHasher) -> None:
        self._unit_of_work = unit_of_work
        self._hasher = hasher

    async def user_id(self, email: str, password: str) -> UUID:
        user_id, password_hash = await self._credentials_of(email) or (None, None)
        # Also for nobody, so that how long the answer takes tells nothing.
        right = await self._hasher.matches(password, password_hash)
        if user_id is None or password_hash is None or not right:
            raise credentials_refused()
        if self._hasher.is_outdated(password_hash):
            await self._renew(user_id, password, password_hash)
        return user_id

    async def _renew(self, user_id: UUID, password: str, password_hash: str) -> None:
        """Only now is the password known that an older hash was made of."""
        renewed = await self._hasher.hash(password)
        async with self._unit_of_work() as unit:
            await unit.users.renew_password_hash(user_id, password_hash, renewed)
            await unit.commit()

    async def _credentials_of(self, email: str) -> tuple[UUID, str] | None:
        try:
            address = normalise_email(email)
        except ValidationFailed:
            return None
        async with self._unit_of_work() as unit:
            return await unit.users.credentials_of(address)
