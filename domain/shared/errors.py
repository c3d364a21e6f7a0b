from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

_NO_DETAILS: Mapping[str, object] = MappingProxyType({})


class DomainError(Exception):
    """A refusal. `code` is stable for programs; `message` says to a person what happened, why, and what to do."""

    code: ClassVar[str] = "domain.error"

    def __init__(
        self,
        message: str,
        *,
        pointer: str | None = None,
        details: Mapping[str, object] = _NO_DETAILS,
    ) -> None:
        super().__init__(message)
        self.message = _encodable(message)
        self.pointer = None if pointer is None else _encodable(pointer)
        self.details = details


class ValidationFailed(DomainError):
    """The input is wrong in itself, whatever the state."""

    code = "validation_failed"


class NotFound(DomainError):
    code = "not_found"


class Conflict(DomainError):
    """The input is fine, but the present state does not allow it."""

    code = "conflict"


class RuleViolated(Conflict):
    code = "rule_violated"


class Forbidden(DomainError):
    code = "forbidden"


class TooLarge(DomainError):
    """More than there is room for."""

    code = "too_large"


class UnsupportedContent(DomainError):
    """Of a kind that is not taken here, whatever it is called."""

    code = "unsupported_content"


class VersionMismatch(DomainError):
    code = "version_mismatch"

    def __init__(self, current_version: int, expected_version: int) -> None:
        super().__init__(
            f"You changed version {expected_version}, but somebody else saved version {current_version} meanwhile. "
            "Load the current version, look at the difference and send the change again.",
            details={"current_version": current_version, "expected_version": expected_version},
        )
        self.current_version = current_version
        self.expected_version = expected_version


class WrongValue(ValidationFailed):
    code = "value.invalid"


class UnknownField(ValidationFailed):
    code = "field.unknown"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"This field cannot be changed here. The fields that can are: {', '.join(known)}.",
            pointer=json_pointer(name),
            details={"known": list(known)},
        )


def json_pointer(*parts: str | int) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _encodable(text: str) -> str:
    """A pointer may name a key that a stranger sent: half a surrogate pair in it must not break the answer."""
    return text.encode("utf-8", "replace").decode("utf-8")
