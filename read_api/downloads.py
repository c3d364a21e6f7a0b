"""Headers of an answer that is a file: nothing of it runs in a browser, whatever is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from runtime.problems import ErrorItem, ProblemError

# Bytes that a file's name may have without being quoted or encoded (RFC 6266, RFC 8187).
_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+,=@~!-]")
_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")

INERT = {
    "X-Content-Type-Options": "nosniff",
    # Where it is shown after all: in an origin of its own, without scripts, forms or anything loaded.
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
}


@dataclass(frozen=True)
class Part:
    """Which bytes of a file are sent, both ends included."""

    first: int
    last: int
    of: int

    @property
    def size_bytes(self) -> int:
        return self.last - self.first + 1

    @property
    def is_whole(self) -> bool:
        return self.size_bytes == self.of

    @property
    def content_range(self) -> str:
        return f"bytes {self.first}-{self.last}/{self.of}"


def content_disposition(file_name: str) -> str:
    """RFC 6266: to be saved, under this name; for old clients also under one that is plain ASCII."""
    return f"attachment; filename=\"{_PLAIN.sub('_', file_name)}\"; filename*=UTF-8''{quote(file_name, safe='')}"


def asked_part(header: str | None, if_range: str | None, tag: str, size_bytes: int) -> Part:
    """RFC 9110 14.2: one range is honoured; what is none, or of an older file, asks for all of it."""
    whole = Part(0, size_bytes - 1, size_bytes)
    found = None if header is None else _RANGE.fullmatch(header.strip())
    if found is None or (if_range is not None and if_range.strip() != tag):
        return whole
    first, last, suffix = found.groups()
    if suffix is not None:
        start, end = max(0, size_bytes - int(suffix)), size_bytes - 1
        is_possible = int(suffix) > 0
    else:
        start, end = int(first), min(int(last) if last else size_bytes, size_bytes - 1)
        if last and int(last) < start:
            return whole
        is_possible = start < size_bytes
    if not is_possible:
        raise ProblemError(
            416,
            "range.not_satisfiable",
            f"The file has {size_bytes} bytes, and none of those that were asked for.",
            errors=[ErrorItem("range.not_satisfiable", "Ask for bytes that there are.", header="Range")],
            headers={"Content-Range": f"bytes */{size_bytes}"},
        )
    return Part(start, end, size_bytes)
