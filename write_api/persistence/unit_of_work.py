from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

import asyncpg
from opentelemetry.trace import SpanKind

from runtime.access import AccessRecord
from runtime.tracing.spans import Tracing
from write_api.persistence import idempotency
from write_api.persistence.actors import ActorReader
from write_api.persistence.api_tokens import ApiTokenRepository
from write_api.persistence.attachment_files import AttachmentFiles
from write_api.persistence.attachments import AttachmentRepository
from write_api.persistence.categories import CategoryRepository
from write_api.persistence.document_votes import DocumentVotes
from write_api.persistence.documents import DocumentRepository
from write_api.persistence.failures import translated
from write_api.persistence.groups import GroupRepository
from write_api.persistence.idempotency import IdempotentRequest
from write_api.persistence.identities import IdentityRepository
from write_api.persistence.operations import DeadLetterRepository, OperationRepository
from write_api.persistence.organizations import OrganizationRepository
from write_api.persistence.outbox import SYSTEM, Origin
from write_api.persistence.outcome import NOTHING, Outcome
from write_api.persistence.password_resets import PasswordResetRepository
from write_api.persistence.rebuilds import RebuildRepository
from write_api.persistence.session import Session
from write_api.persistence.sessions import SessionRepository
from write_api.persistence.sign_ins import SignInRepository
from write_api.persistence.ticket_fields import TicketFieldRepository
from write_api.persistence.ticket_moves import TicketMoveRepository
from write_api.persistence.ticket_people import TicketPeople
from write_api.persistence.tickets import TicketRepository
from write_api.persistence.users import UserRepository
from write_api.persistence.views import ViewRepository

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Announce: TypeAlias = Callable[[Sequence[AccessRecord]], Awaitable[None]]


async def leave_to_the_projector(_: Sequence[AccessRecord]) -> None:
    """It brings what people may do, too, with everything else it brings."""


class UnitOfWork:
    """One transaction: the rows, their events, the outbox, and the outcome under an Idempotency-Key, or nothing."""

    def __init__(
        self,
        session: Session,
        request: IdempotentRequest | None,
        on_commit: Callable[[], None],
        announce: Announce,
        tracing: Tracing | None = None,
    ) -> None:
        self._tracing = tracing
        self.session = session
        self._request = request
        self._on_commit = on_commit
        self._announce = announce
        self.users = UserRepository(session)
        self.groups = GroupRepository(session)
        self.organizations = OrganizationRepository(session)
        self.sessions = SessionRepository(session)
        self.api_tokens = ApiTokenRepository(session)
        self.password_resets = PasswordResetRepository(session)
        self.sign_ins = SignInRepository(session)
        self.identities = IdentityRepository(session)
        self.documents = DocumentRepository(session)
        self.document_votes = DocumentVotes(session)
        self.categories = CategoryRepository(session)
        self.actors = ActorReader(session)
        self.tickets = TicketRepository(session)
        self.ticket_people = TicketPeople(session)
        self.attachments = AttachmentRepository(session)
        self.attachment_files = AttachmentFiles(session)
        self.ticket_fields = TicketFieldRepository(session)
        self.views = ViewRepository(session)
        self.ticket_moves = TicketMoveRepository(session)
        self.dead_letters = DeadLetterRepository(session)
        self.operations = OperationRepository(session)
        self.rebuilds = RebuildRepository(session)

    def acts_as(self, user_id: UUID, session_id: UUID | None = None) -> None:
        """For who is known only by what they present: a password, a refresh token, the link of a mail."""
        self.session.origin = replace(self.session.origin, actor_id=user_id, session_id=session_id)

    async def earlier_outcome(self) -> Outcome | None:
        """What the same request got before, if it came with an Idempotency-Key that was used."""
        return None if self._request is None else await idempotency.claim(self.session, self._request)

    async def commit(self, outcome: Outcome = NOTHING) -> Outcome:
        """Answers the outcome with the id of the transaction that wrote it."""
        has_news = not self.session.plan.is_empty
        if self._request is not None:
            idempotency.remember(self.session, self._request, outcome)
        if self._tracing is None:
            xid = await self._write()
        else:
            with self._tracing.span("postgresql commit", {"db.system.name": "postgresql"}, SpanKind.CLIENT):
                xid = await self._write()
        if has_news:
            self._on_commit()
        if self.session.access:
            await self._announce(self.session.access)
        return replace(outcome, xid=xid)

    async def _write(self) -> int | None:
        session, plan = self.session, self.session.plan
        if plan.is_empty:
            await session.end(commit=True)
            return None
        sql, arguments = plan.statement()
        written = await session.fetch_row(sql, *arguments)
        assert written is not None
        await session.end(commit=True)
        return int(written["xid"])


class UnitOfWorkFactory:
    """`async with unit_of_work(origin) as unit:` — without `await unit.commit()` nothing was done."""

    def __init__(
        self,
        pool: Pool,
        on_commit: Callable[[], None] = lambda: None,
        announce: Announce = leave_to_the_projector,
        acquire_timeout_s: float = 5.0,
        tracing: Tracing | None = None,
    ) -> None:
        self._pool = pool
        self._on_commit = on_commit
        self._announce = announce
        self._acquire_timeout_s = acquire_timeout_s
        self._tracing = tracing

    @asynccontextmanager
    async def __call__(
        self, origin: Origin = SYSTEM, request: IdempotentRequest | None = None, *, optimistic: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        """`optimistic` is for whoever tries again after a TransientConflict: loading what is saved locks nothing."""
        with translated():
            # One that is free is there at once, and a clock to watch over that costs more than the rest of it.
            is_free = self._pool.get_idle_size() > 0
            connection = await self._pool.acquire(timeout=None if is_free else self._acquire_timeout_s)
        session = Session(connection, origin, optimistic=optimistic)
        try:
            with translated(session.refusals):
                try:
                    yield UnitOfWork(session, request, self._on_commit, self._announce, self._tracing)
                finally:
                    await session.end(commit=False)
        finally:
            await self._pool.release(connection)
