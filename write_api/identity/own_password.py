from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from domain.identity.passwords import validate_password
from write_api.identity.commands import ChangeOwnPassword, Device
from write_api.identity.common_passwords import common_passwords
from write_api.identity.errors import present_password_wrong
from write_api.identity.password_sign_in import Attempt, PasswordSignIn
from write_api.identity.passwords import PasswordHasher
from write_api.persistence.unit_of_work import UnitOfWorkFactory


@dataclass(frozen=True)
class OwnPassword:
    """From the present password and a new one to the command. Holds no connection while it waits for bcrypt."""

    unit_of_work: UnitOfWorkFactory
    sign_in: PasswordSignIn
    hasher: PasswordHasher

    async def command_for(self, user_id: UUID, attempt: Attempt, new: str, device: Device) -> ChangeOwnPassword:
        proof = await self.sign_in.own_proof(user_id, attempt)
        if proof is None:
            raise present_password_wrong()
        async with self.unit_of_work() as unit:
            user = await unit.users.get(user_id)
        valid = validate_password(new, email=user.email, name=user.name, common=common_passwords())
        return ChangeOwnPassword(proof.password_hash, await self.hasher.hash(valid), device)
