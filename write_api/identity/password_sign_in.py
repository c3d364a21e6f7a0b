from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.identity.email import normalise_email
from domain.shared.clock import Clock
from domain.shared.errors import ValidationFailed
from runtime.network import network_of
from runtime.settings import Settings
from write_api.identity.passwords import PasswordHasher
from write_api.identity.sign_in_throttle import SignInThrottle
from write_api.persistence.outbox import Origin
from write_api.persistence.unit_of_work import UnitOfWorkFactory

MAX_USER_AGENT_LENGTH = 255


@dataclass(frozen=True)
class Attempt:
    email: str
    password: str
    ip_address: str
    user_agent: str
    request_id: str | None = None


@dataclass(frozen=True)
class Credentials:
    user_id: UUID
    password_hash: str
    network_known: bool


@dataclass(frozen=True)
class Proof:
    """That a password was right: the one that this hash is of."""

    user_id: UUID
    password_hash: str = field(repr=False)


class PasswordSignIn:
    """Finds who an address and a password belong to. Holds no connection while it waits for bcrypt."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        hasher: PasswordHasher,
        throttle: SignInThrottle,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._hasher = hasher
        self._throttle = throttle
        self._digest_key = settings.token_secret.get_secret_value().encode()
        self._clock = clock

    async def own_proof(self, user_id: UUID, attempt: Attempt) -> Proof | None:
        """Of somebody who is signed in already. Guessing is no easier for whoever sits at their desk."""
        async with self._unit_of_work() as unit:
            user = await unit.users.get(user_id)
        return await self.proof(replace(attempt, email=user.email))

    async def proof(self, attempt: Attempt) -> Proof | None:
        """Does the same for somebody and for nobody, so that how long the answer takes tells nothing."""
        network, digest = network_of(attempt.ip_address), self._digest_of(attempt.email)
        found = await self._credentials_of(attempt.email, network)
        refusal = await self._throttle.refusal(
            digest.hex()[:32], network, network_known=found is not None and found.network_known
        )
        if refusal is not None:
            await self._note(attempt, digest, found, "throttled")
            raise refusal
        right = await self._hasher.matches(attempt.password, None if found is None else found.password_hash)
        if found is None or not right:
            await self._note(attempt, digest, found, "unknown_account" if found is None else "wrong_password")
            return None
        if self._hasher.is_outdated(found.password_hash):
            return await self._renewed(found, attempt.password)
        return Proof(found.user_id, found.password_hash)

    def _digest_of(self, email: str) -> bytes:
        said = email.strip().lower().encode(errors="replace")
        return hmac.new(self._digest_key, b"sign-in " + said, hashlib.sha256).digest()

    async def _credentials_of(self, email: str, network: str) -> Credentials | None:
        try:
            address = normalise_email(email)
        except ValidationFailed:
            address = ""
        async with self._unit_of_work() as unit:
            user_id, password_hash = await unit.users.credentials_of(address) or (None, None)
            network_known = await unit.sign_ins.knows_network(user_id, network)
        if user_id is None or password_hash is None:
            return None
        return Credentials(user_id, password_hash, network_known)

    async def _note(self, attempt: Attempt, digest: bytes, found: Credentials | None, reason: str) -> None:
        async with self._unit_of_work(Origin(request_id=attempt.request_id)) as unit:
            await unit.sign_ins.add_failure(
                user_id=None if found is None else found.user_id,
                email_digest=digest,
                reason=reason,
                ip_address=attempt.ip_address,
                user_agent=attempt.user_agent[:MAX_USER_AGENT_LENGTH],
                at=self._clock.now(),
            )
            await unit.commit()

    async def _renewed(self, found: Credentials, password: str) -> Proof | None:
        """Only now is the password known that an older hash was made of."""
        renewed = await self._hasher.hash(password)
        async with self._unit_of_work() as unit:
            await unit.users.renew_password_hash(found.user_id, found.password_hash, renewed)
            await unit.commit()
        async with self._unit_of_work() as unit:
            stored = await unit.users.password_hash_of(found.user_id)
        # Another sign-in may have renewed it at the same time; or the password was changed.
        if stored is not None and (stored == renewed or await self._hasher.matches(password, stored)):
            return Proof(found.user_id, stored)
        return None
