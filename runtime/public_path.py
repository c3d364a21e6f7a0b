"""Where callers find us, behind a proxy that takes the beginning of the path off before we see it."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.types import Scope

RawHeader = tuple[bytes, bytes]

_KEY = "tidedesk.public_path"
# Locations and links within this API; what leads elsewhere stays as it is.
_OWN = b"/v1/"


def path_of_caller(scope: Scope) -> str:
    """The path as the caller wrote it."""
    return f"{scope.get(_KEY, '')}{scope['path']}"


class PublicPath:
    """Not `root_path`, for which the framework would also take requests whose path still has the prefix: those pass
    by every guard that goes by the path."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._own = prefix.encode() + _OWN

    def enter(self, scope: Scope) -> None:
        scope[_KEY] = self._prefix

    def lead(self, headers: Iterable[RawHeader]) -> list[RawHeader]:
        """The headers of an answer, with addresses that are good for the caller."""
        return [(name, self._led(name, value)) for name, value in headers]

    def _led(self, name: bytes, value: bytes) -> bytes:
        if name == b"location" and value.startswith(_OWN):
            return self._own + value[len(_OWN) :]
        # A cursor in one of them has no slash of its own.
        return value.replace(b"<" + _OWN, b"<" + self._own) if name == b"link" else value
