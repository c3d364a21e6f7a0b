"""A way around the framework for the question that is asked most: its own work would be most of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from starlette.types import Scope

from runtime.principal import Principal
from runtime.rate_limit import Bucket

Headers = Mapping[bytes, bytes]


class LaneAnswer(NamedTuple):
    """Its headers are complete but for those that every answer gets; Cache-Control is among them."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class LaneOutcome(NamedTuple):
    # What TAKE said of the request's bucket.
    allowed: bool
    ahead_us: int
    # None: the ordinary way shall answer, because something is out of the ordinary.
    answer: LaneAnswer | None


class Lane(Protocol):
    @property
    def route(self) -> str:
        """The template that logs and metrics know it by."""

    def subject(self, scope: Scope) -> str | None:
        """Which one is asked for; None: not a question for this lane."""

    async def answer(
        self, scope: Scope, subject: str, headers: Headers, principal: Principal, bucket: Bucket
    ) -> LaneOutcome | None:
        """Counts the request too, in the same round trip; None: it was not counted."""
