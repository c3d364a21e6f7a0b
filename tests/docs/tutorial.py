"""A tutorial page as what it asks to type and what it says will be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run, and what it looks like in any.
_VARYING = (
    re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"),
    re.compile(r"[A-Za-z0-9_-]{60,}"),
    re.compile(r"(?<!HTTP/1\.1 )(?<![\w.?\"])\d+(?![\w.])"),
)
LEFT_OUT = "…"


@dataclass(frozen=True)
class Step:
    typed: str
    shown: str | None


def steps(text: str) -> list[Step]:
    """A text block is what the block typed just before it shows."""
    found: list[Step] = []
    for language, content in _BLOCK.findall(text):
        if language == "sh":
            found.append(Step(content, None))
        else:
            found[-1] = Step(found[-1].typed, content)
    return found


def pattern(shown: str) -> re.Pattern[str]:
    """Matches outputs of the same shape."""
    parts, rest = [], shown.strip()
    while rest:
        matches = [match for match in (varying.search(rest) for varying in _VARYING) if match]
        left_out = rest.find(LEFT_OUT)
        first = min(matches, key=lambda match: match.start(), default=None)
        if left_out >= 0 and (first is None or left_out < first.start()):
            parts += [re.escape(rest[:left_out]), ".*"]
            rest = rest[left_out + 1 :]
        elif first is not None:
            parts += [re.escape(rest[: first.start()]), first.re.pattern]
            rest = rest[first.end() :]
        else:
            parts.append(re.escape(rest))
            break
    return re.compile("".join(parts), re.DOTALL)
