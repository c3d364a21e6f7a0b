from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from domain.shared.clock import Clock
from domain.shared.errors import Conflict
from runtime.principal import Principal
from runtime.tracing.spans import Tracing, traceparent
from write_api.context import CommandRequest, Context, NotSignedIn
from write_api.metrics import Metrics
from write_api.persistence.ahead import Ahead
from write_api.persistence.failures import TransientConflict
from write_api.persistence.outbox import Origin
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork, UnitOfWorkFactory

Handler = Callable[[Any, UnitOfWork, Context], Awaitable[Outcome]]
Handlers = Mapping[type[Any], Handler]
# What a handler will read first, so that it comes along with who asks. One that guesses wrong only reads in vain.
ReadsAhead = Mapping[type[Any], Callable[[Any, Principal], Ahead]]
NOTHING_AHEAD: ReadsAhead = MappingProxyType({})

MAX_ATTEMPTS = 5
FIRST_PAUSE_S = 0.01


class TooMuchContention(Conflict):
    code = "conflict.contention"


class Dispatcher:
    """One command, one handler, one unit of work."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        handlers: Handlers,
        clock: Clock,
        reads_ahead: ReadsAhead = NOTHING_AHEAD,
        *,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._handlers = handlers
        self._clock = clock
        self._reads_ahead = reads_ahead
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, command: object, request: CommandRequest) -> Outcome:
        if self._tracing is None:
            return await self._handle(command, request)
        with self._tracing.span(type(command).__name__) as span:
            # What this command leaves in the outbox goes on below its span.
            return await self._handle(command, replace(request, trace_context=traceparent(span)))

    async def _handle(self, command: object, request: CommandRequest) -> Outcome:
        handler = self._handlers[type(command)]
        for attempt in range(MAX_ATTEMPTS):
            try:
                return await self._attempt(handler, command, request, first=attempt == 0)
            except TransientConflict:
                if self._metrics is not None:
                    self._metrics.conflicted(gave_up=attempt + 1 == MAX_ATTEMPTS)
                # Full jitter: those that collided must not meet again.
                await asyncio.sleep(random.uniform(0, FIRST_PAUSE_S * 2**attempt))
        raise TooMuchContention("Many requests change the same records now. Wait a second and send this one again.")

    async def _attempt(self, handler: Handler, command: object, request: CommandRequest, *, first: bool) -> Outcome:
        principal = request.principal
        async with self._unit_of_work(_origin_of(request), request.idempotent, optimistic=first) as unit:
            actor = None
            if principal is not None:
                # Whoever tries again locks what it reads, so it cannot have read it before.
                ahead = self._reads_ahead.get(type(command)) if first else None
                wanted = None if ahead is None else ahead(command, principal)
                actor = await unit.actors.find(principal, wanted)
                if actor is None:
                    raise NotSignedIn
            if (earlier := await unit.earlier_outcome()) is not None:
                return earlier
            context = Context(
                signed_in=actor,
                at=self._clock.now(),
                expected_version=request.expected_version,
                session_id=None if principal is None else principal.session_id,
            )
            return await handler(command, unit, context)


def _origin_of(request: CommandRequest) -> Origin:
    principal, client = request.principal, request.client
    return Origin(
        actor_id=None if principal is None else principal.user_id,
        request_id=request.request_id,
        trace_context=request.trace_context,
        ip_address=client.ip_address,
        user_agent=client.user_agent,
        session_id=None if principal is None else principal.session_id,
        api_token_id=None if principal is None or principal.api_token is None else principal.api_token.id,
    )
