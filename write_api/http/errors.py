"""How the domain's refusals become problems. The domain knows no HTTP, so the statuses are here."""

from __future__ import annotations

from collections.abc import Callable

from domain.shared.errors import (
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
    TooLarge,
    UnsupportedContent,
    ValidationFailed,
    VersionMismatch,
)
from runtime.bearer import unauthorized
from runtime.error_handlers import ErrorTable
from runtime.etag import etag
from runtime.problems import ErrorItem, ProblemError
from write_api.context import NotSignedIn
from write_api.persistence.idempotency import HEADER, IdempotencyKeyReused


def _problem(status: int) -> Callable[[DomainError], ProblemError]:
    def convert(error: DomainError) -> ProblemError:
        items = [ErrorItem(error.code, error.message, pointer=error.pointer)] if error.pointer is not None else []
        return ProblemError(status, error.code, error.message, errors=items, extensions=error.details)

    return convert


def _stale(error: VersionMismatch) -> ProblemError:
    return ProblemError(
        412,
        error.code,
        error.message,
        errors=[ErrorItem(error.code, "It names a version that is no longer the current one.", header="If-Match")],
        headers={"ETag": etag(error.current_version)},
        extensions=error.details,
    )


def _key_reused(error: IdempotencyKeyReused) -> ProblemError:
    item = ErrorItem(error.code, "Use a new key for a new request.", header=HEADER)
    return ProblemError(422, error.code, error.message, errors=[item])


def _not_signed_in(_: NotSignedIn) -> ProblemError:
    return unauthorized("The session has ended. Sign in again.", "token.invalid")


ERRORS: ErrorTable = {
    ValidationFailed: _problem(422),
    NotFound: _problem(404),
    Conflict: _problem(409),
    Forbidden: _problem(403),
    TooLarge: _problem(413),
    UnsupportedContent: _problem(415),
    VersionMismatch: _stale,
    IdempotencyKeyReused: _key_reused,
    NotSignedIn: _not_signed_in,
}
