"""The line and the headers of a request have a limit too: nobody needs more, and all of it is kept while we answer."""

from __future__ import annotations

from starlette.types import Scope

from runtime.problems import ProblemError

# A token has 4 KiB at most, a cursor 8.
MAX_HEAD_BYTES = 32_768


def is_too_large(scope: Scope) -> bool:
    size_bytes = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    for name, value in scope["headers"]:
        size_bytes += len(name) + len(value)
    return size_bytes > MAX_HEAD_BYTES


def head_too_large() -> ProblemError:
    return ProblemError(
        431,
        "head.too_large",
        f"The address and the headers may have {MAX_HEAD_BYTES} bytes at most. Send fewer or shorter ones.",
        extensions={"limit_bytes": MAX_HEAD_BYTES},
    )
