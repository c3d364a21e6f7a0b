"""The little of Markdown that generated pages need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACES = re.compile(r"\s+")
# Within code a table takes a bar as it is, and would show the backslash.
_BAR_OR_CODE = re.compile(r"(`+).+?\1|\|")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def code(text: object) -> str:
    """As it is typed. Two backquotes are enough: nothing of ours has two in a row."""
    shown = str(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def prose(text: str) -> str:
    """On one line, and with no tag that a browser would take for one."""
    return _SPACES.sub(" ", text).strip().replace("<", "&lt;")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_BAR_OR_CODE.sub(_escaped, _SPACES.sub(" ", cell)) for cell in cells) + " |"


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[1] else "\\|"
