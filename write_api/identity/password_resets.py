from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog

from domain.identity.email import normalise_email
from domain.identity.passwords import validate_password
from domain.identity.user import User
from domain.shared.clock import Clock
from domain.shared.errors import ValidationFailed
from runtime.errors import StoreUnavailable
from runtime.rate_limit import Policy, RateLimiter
from runtime.settings import Settings
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import ResetPassword
from write_api.identity.common_passwords import common_passwords
from write_api.identity.errors import PasswordResetNotFound
from write_api.identity.handlers import end_sessions
from write_api.identity.live_credentials import LiveCredentials
from write_api.identity.passwords import PasswordHasher
from write_api.mail.mail import Mail, Mailer, MailNotSent
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork, UnitOfWorkFactory

TOKEN_BYTES = 32
# Asked for and not yet worked on; whoever comes then has to ask again.
MAX_WAITING = 100
# Nobody needs a second mail at once, and a stranger must not fill a mailbox.
_PER_ACCOUNT, _IN_ALL = Policy("password-reset", 1), Policy("password-resets", 120)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PasswordResetHandlers:
    live_credentials: LiveCredentials

    async def reset_password(self, command: ResetPassword, unit: UnitOfWork, context: Context) -> Outcome:
        user_id = await unit.password_resets.owner_of(command.token_hash, context.at)
        if user_id is None:
            raise PasswordResetNotFound
        user = await unit.users.get(user_id)
        unit.acts_as(user.id)
        await unit.password_resets.use(command.token_hash, user.id, context.at)
        await unit.users.set_password_hash(user.id, command.password_hash, context.at)
        user.password_changed(at=context.at)
        await unit.users.save(user)
        ended = await end_sessions(user, "password_changed", unit, context)
        outcome = await unit.commit(Outcome(204))
        await self.live_credentials.end(ended)
        return outcome

    @property
    def by_command(self) -> Handlers:
        return {ResetPassword: self.reset_password}


class PasswordResets:
    """Whether somebody has this address shows neither in the answer nor in its time: all is done after it."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        hasher: PasswordHasher,
        limiter: RateLimiter,
        mailer: Mailer,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._hasher = hasher
        self._limiter = limiter
        self._mailer = mailer
        self._settings = settings
        self._clock = clock
        self._working: set[asyncio.Task[None]] = set()

    def request(self, email: str) -> None:
        if len(self._working) >= MAX_WAITING:
            log.warning("password_reset_dropped", waiting=len(self._working))
            return
        task = asyncio.get_running_loop().create_task(self._answer(email))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def command_for(self, token: str, password: str) -> ResetPassword:
        """Holds no connection while it waits for bcrypt."""
        token_hash = hash_of(token)
        async with self._unit_of_work() as unit:
            user_id = await unit.password_resets.owner_of(token_hash, self._clock.now())
            if user_id is None:
                raise PasswordResetNotFound
            user = await unit.users.get(user_id)
        valid = validate_password(password, email=user.email, name=user.name, common=common_passwords())
        return ResetPassword(token_hash, await self._hasher.hash(valid))

    async def idle(self) -> None:
        """Returns when everything asked for so far is done."""
        while self._working:
            await asyncio.wait(self._working)

    async def _answer(self, email: str) -> None:
        try:
            address = normalise_email(email)
            if await self._may_send(address):
                await self._send(address)
        except ValidationFailed:
            log.info("password_reset_without_address")
        except (StoreUnavailable, MailNotSent) as error:
            log.warning("password_reset_failed", reason=str(error))

    async def _may_send(self, address: str) -> bool:
        if not self._settings.rate_limit_enabled:
            return True
        account = hashlib.sha256(address.encode()).hexdigest()[:32]
        # In this order: one who is asked about again and again must not use up what all have.
        for policy, who in ((_PER_ACCOUNT, account), (_IN_ALL, "all")):
            if not (await self._limiter.take(policy, who)).allowed:
                return False
        return True

    async def _send(self, address: str) -> None:
        token, at = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()
        async with self._unit_of_work() as unit:
            user = await unit.users.find_by_email(address)
            if user is None or not user.active:
                return
            expires_at = at + timedelta(seconds=self._settings.password_reset_ttl_s)
            await unit.password_resets.add(hash_of(token), user.id, at, expires_at)
            await unit.commit()
        await self._mailer.send(self._mail(user, token))

    def _mail(self, user: User, token: str) -> Mail:
        minutes = self._settings.password_reset_ttl_s // 60
        # After the #, so that no server on the way writes it into a log.
        pages_url = self._settings.pages_url or self._settings.public_url
        link = f"{pages_url}/reset-password#token={token}"
        text = (
            f"Hello {user.name},\n\nsomebody, hopefully you, wants to set a new password for Tidedesk.\n"
            f"Do it here within {minutes} minutes:\n\n{link}\n\nIf it was not you, ignore this mail.\n"
        )
        return Mail(user.email, "Set a new password", text)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
