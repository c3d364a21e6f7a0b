"""A connection on our side, with an end to its patience: `uvicorn … --http runtime.http_protocol:PatientHttp`.

The server's own protocol waits without limit for the rest of a request, and keeps as much of its head as is sent.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import cast

import orjson
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from runtime.guards.head_limit import MAX_HEAD_BYTES, head_too_large
from runtime.joined_writes import JoinedWrites
from runtime.problems import MEDIA_TYPE, ProblemError

log = structlog.get_logger(__name__)

# In the scope of a request whose answer has no end of its own: the server does not wait for it when it stops.
CUT_AT_SHUTDOWN = "tidedesk.cut_at_shutdown"


class Phase(Enum):
    """What of a request is still to come."""

    NOTHING = "nothing"
    HEAD = "head"
    BODY = "body"


class PatientHttp(HttpToolsProtocol):
    # From the first byte, or from the start of the connection, to the end of the headers.
    head_timeout_s = 10.0
    # Without a byte more of the body, or without room for a byte more of the answer.
    stall_timeout_s = 30.0

    _phase = Phase.HEAD
    _head_bytes = 0
    _reading_clock: asyncio.TimerHandle | None = None
    _writing_clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._joined = JoinedWrites(transport, self.loop)
        self.transport = cast(asyncio.Transport, self._joined)
        self._wait_for_more(self.head_timeout_s)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._phase is Phase.HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(head_too_large())
            elif self._reading_clock is None:
                self._wait_for_more(self.head_timeout_s)
        elif self._phase is Phase.BODY:
            self._wait_for_more(self.stall_timeout_s)
        elif self._reading_clock is not None:
            self._reading_clock.cancel()
            self._reading_clock = None

    def connection_lost(self, exc: Exception | None) -> None:
        for clock in (self._reading_clock, self._writing_clock):
            if clock is not None:
                clock.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        # Typed as if there always were one.
        if self.cycle is not None and self.cycle.scope.get(CUT_AT_SHUTDOWN):  # type: ignore[redundant-expr]
            self.transport.close()

    def on_message_begin(self) -> None:
        self._phase, self._head_bytes = Phase.HEAD, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._phase = Phase.BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._phase = Phase.NOTHING
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._joined.flush()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._writing_clock = self.loop.call_later(self.stall_timeout_s, self._leave, "answer")

    def resume_writing(self) -> None:
        if self._writing_clock is not None:
            self._writing_clock.cancel()
            self._writing_clock = None
        super().resume_writing()

    def _wait_for_more(self, timeout_s: float) -> None:
        if self._reading_clock is not None:
            self._reading_clock.cancel()
        self._reading_clock = self.loop.call_later(timeout_s, self._give_up)

    def _give_up(self) -> None:
        self._reading_clock = None
        if self._phase is Phase.BODY and self.flow.read_paused:
            # It is we who do not take more.
            self._wait_for_more(self.stall_timeout_s)
        elif self._phase is Phase.HEAD and self._head_bytes:
            self._refuse(_too_slow())
        else:
            self._leave(self._phase.value)

    def _refuse(self, problem: ProblemError) -> None:
        # Typed as if there always were one.
        if self.cycle is not None and not self.cycle.response_complete:  # type: ignore[redundant-expr]
            # An earlier answer on this connection is not whole yet.
            self._leave(self._phase.value)
            return
        body = orjson.dumps(problem.body(""))
        head = f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[problem.status] + head.encode() + body)
        self.transport.close()

    def _leave(self, waited_for: str) -> None:
        log.info("slow_caller_left", waited_for=waited_for, client=self.client[0] if self.client else None)
        self.transport.abort()


def _too_slow() -> ProblemError:
    return ProblemError(408, "request.timeout", "The request did not come in time. Send it again, in one go.")
