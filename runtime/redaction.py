"""Keeps secrets out of logs and out of what people are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "********"
MAX_DEPTH = 8

_SECRET_NAME = re.compile(
    r"authorization|cookie|passw|passphrase|secret|token|api[-_]?key|private[-_]?key", re.IGNORECASE
)
_SECRET_TEXTS = (
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+", re.IGNORECASE), rf"\1 {REDACTED}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), REDACTED),
    (re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@"), rf"\1:{REDACTED}@"),
    (re.compile(r"(?<=/password-resets/)[^/?#\s]+"), REDACTED),
    (re.compile(r"\btdk_[A-Za-z0-9_-]+"), REDACTED),
)


def without_secrets(text: str) -> str:
    # Without any of these, and in one word, no pattern matches: of paths, which every request logs, hardly any is more.
    if (
        not ("eyJ" in text or "tdk_" in text or "://" in text or "/password-resets/" in text)
        and len(text.split(None, 1)) < 2
    ):
        return text
    for pattern, replacement in _SECRET_TEXTS:
        text = pattern.sub(replacement, text)
    return text


def without_password(url: str) -> str:
    return _SECRET_TEXTS[2][0].sub(_SECRET_TEXTS[2][1], url)


def redacted(value: Any, depth: int = 0) -> Any:
    """The same value, with whatever is secret by its name or by its look replaced."""
    if isinstance(value, str):
        return without_secrets(value)
    if depth >= MAX_DEPTH:
        return value if isinstance(value, (int, float, bool, type(None))) else without_secrets(repr(value))
    if isinstance(value, Mapping):
        return {
            key: REDACTED if _SECRET_NAME.search(str(key)) else redacted(item, depth + 1) for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redacted(item, depth + 1) for item in value]
    return value
