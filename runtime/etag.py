from __future__ import annotations

import hashlib
import re
from enum import Enum
from typing import Final

from runtime.problems import ErrorItem, ProblemError

HEADER = "If-Match"
# No aggregate ever has this version, so a foreign tag leads to 412, as it should.
NEVER = 0


class AnyVersion(Enum):
    ANY = "*"


ANY: Final = AnyVersion.ANY

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"\s*{_TAG}\s*(?:,\s*{_TAG}\s*)*")
_OURS = re.compile(r'"v([1-9][0-9]{0,17})(?:\.[0-9a-f]{16})?"')


def etag(version: int) -> str:
    """Of what a command stored. As If-Match it stands for this version, however it is shown."""
    return f'"v{version}"'


def etag_of_shown(version: int, content: bytes) -> str:
    """Of an answer that also shows what other aggregates are called: a rename changes it, while the version stays."""
    return f'"v{version}.{hashlib.blake2b(content, digest_size=8).hexdigest()}"'


def parse_if_match(header: str | None) -> int | AnyVersion | None:
    """The version a change builds on; ANY for `*`; None without the header. Weak tags never match (RFC 9110 13.1.1).

    Of the tag of a shown answer only the version counts: a rename elsewhere is no conflict.
    """
    if header is None:
        return None
    if header.strip() == "*":
        return ANY
    if not _LIST.fullmatch(header):
        raise _refused('Send the ETag of what you read, such as If-Match: "v3".')
    versions = {int(ours[1]) for ours in map(_OURS.fullmatch, re.findall(_TAG, header)) if ours}
    if len(versions) > 1:
        raise _refused("Send one ETag only: a change builds on one version.")
    return versions.pop() if versions else NEVER


def require_if_match(header: str | None) -> int | AnyVersion:
    version = parse_if_match(header)
    if version is None:
        raise ProblemError(
            428,
            "if_match.required",
            "Read it first and send its ETag as If-Match, so that nobody else's change is overwritten unseen.",
            errors=[ErrorItem("if_match.required", "This header is required.", header=HEADER)],
        )
    return version


def none_match(header: str | None, current: str) -> bool:
    """Whether If-None-Match leaves anything to send; False means 304."""
    if header is None:
        return True
    if header.strip() == "*":
        return False
    return current.removeprefix("W/") not in {tag.removeprefix("W/") for tag in re.findall(_TAG, header)}


def _refused(detail: str) -> ProblemError:
    item = ErrorItem("if_match.malformed", detail, header=HEADER)
    return ProblemError(400, "if_match.malformed", "The If-Match header cannot be used; see errors.", errors=[item])
