from __future__ import annotations

from collections.abc import Collection
from email.message import Message as Headers
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.guards.refusal import refuse
from runtime.problems import ErrorItem, ProblemError

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
# Around a file, not a file: what a browser's form sends.
ENVELOPES = ("multipart/form-data", "application/x-www-form-urlencoded")
ANYTHING = ("application/octet-stream", "*/*")
METHODS_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")


class ContentTypeGuard:
    """Bodies are JSON in UTF-8, but for uploads, which are files as they are.

    The framework itself would read a body without any type as JSON.
    """

    def __init__(self, app: ASGIApp, uploads: Collection[str] = ()) -> None:
        self._app = app
        self._uploads = frozenset(uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in METHODS_WITH_BODY:
            is_upload = scope["path"] in self._uploads
            problem = _problem(scope["method"], scope["headers"], is_upload=is_upload)
            if problem is not None:
                await refuse(problem, scope, receive, send)
                return
        await self._app(scope, receive, send)


def _problem(method: str, headers: list[tuple[bytes, bytes]], *, is_upload: bool) -> ProblemError | None:
    if not _has_body(headers):
        return None
    allowed = ANYTHING if is_upload else (JSON, MERGE_PATCH) if method == "PATCH" else (JSON,)
    types = [value for name, value in headers if name == b"content-type"]
    encodings = [value.strip().lower() for name, value in headers if name == b"content-encoding"]
    if any(encoding not in (b"", b"identity") for encoding in encodings):
        return _unsupported("Send the body uncompressed.", "Content-Encoding", allowed)
    if is_upload:
        if any(_media_type(value.decode("latin-1")) in ENVELOPES for value in types):
            return _unsupported("Send the file itself as the body, not in a form.", "Content-Type", allowed)
        return None
    if len(types) != 1 or not _is_json(types[0].decode("latin-1"), allowed):
        return _unsupported(f"Send {' or '.join(allowed)} in UTF-8.", "Content-Type", allowed)
    return None


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0 ") != b"")
        for name, value in headers
    )


@lru_cache(maxsize=256)
def _is_json(content_type: str, allowed: tuple[str, ...]) -> bool:
    parsed = Headers()
    parsed["content-type"] = content_type
    charset = parsed.get_param("charset", "utf-8")
    return parsed.get_content_type() in allowed and str(charset).lower() in ("utf-8", "utf8")


def _media_type(content_type: str) -> str:
    parsed = Headers()
    parsed["content-type"] = content_type
    return parsed.get_content_type()


def _unsupported(detail: str, header: str, allowed: tuple[str, ...]) -> ProblemError:
    return ProblemError(
        415,
        "body.unsupported_type",
        "The body is in a form that is not taken here; see errors.",
        errors=[ErrorItem("body.unsupported_type", detail, header=header)],
        # RFC 5789 and RFC 9110 15.5.16: which forms would do.
        headers={"Accept": ", ".join(allowed)},
    )
