"""A way around the framework for the question that is asked most: its own work would be most of the answer."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from starlette.types import Scope

from runtime.principal import Principal


class LaneAnswer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class LaneRequest(Protocol):
    @property
    def route(self) -> str:
        """The template that logs and metrics know it by."""

    async def answer(self) -> LaneAnswer | None:
        """None: the ordinary way shall answer, because something is out of the ordinary."""


class Lane(Protocol):
    def begin(self, scope: Scope, principal: Principal) -> LaneRequest | None:
        """Asks the stores without waiting, together with the rate limit; None: not a question for this lane."""
