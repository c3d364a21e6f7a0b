from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.shared.actor import Actor
from domain.shared.aggregate import Aggregate
from runtime.client import UNKNOWN_CLIENT, Client
from runtime.principal import Principal
from write_api.persistence.idempotency import IdempotentRequest


@dataclass(frozen=True)
class CommandRequest:
    """What a request says besides its command."""

    principal: Principal | None = None
    request_id: str | None = None
    trace_context: str | None = None
    expected_version: int | None = None
    idempotent: IdempotentRequest | None = None
    client: Client = UNKNOWN_CLIENT


@dataclass(frozen=True)
class Upload:
    """A request whose body is a file, which comes piece by piece."""

    command_request: CommandRequest
    chunks: AsyncIterator[bytes]
    # 0: it did not say.
    announced_bytes: int
    # By the digest of the file, as it is known only at its end: with the same Idempotency-Key it is the same file.
    identify: Callable[[bytes], IdempotentRequest | None]

    def identified(self, content_sha256: bytes) -> CommandRequest:
        return replace(self.command_request, idempotent=self.identify(content_sha256))


class NotSignedIn(Exception):
    """No token, or its user or session is no longer live."""


@dataclass(frozen=True)
class Context:
    """What a handler knows of the request."""

    signed_in: Actor | None
    at: datetime
    expected_version: int | None = None
    session_id: UUID | None = None

    @property
    def actor(self) -> Actor:
        if self.signed_in is None:
            raise NotSignedIn
        return self.signed_in

    def expect_version_of(self, aggregate: Aggregate) -> None:
        """The If-Match of the request; routes that must have one refuse earlier."""
        if self.expected_version is not None:
            aggregate.expect_version(self.expected_version)
