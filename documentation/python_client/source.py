"""Text of Python modules, as the project's own formatters would leave it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

import black
import isort

# Of text that is indented by two levels.
WIDTH = 108
HEADER = (
    '"""Written by `make clients` from docs/openapi. Changes belong there."""\n\nfrom __future__ import annotations\n\n'
)
LINE_LENGTH = 120
_MODE = black.Mode(line_length=LINE_LENGTH)
# What modules may need, by where it is.
STANDARD = {"collections.abc": ("Mapping", "Sequence"), "typing": ("Any", "Literal", "TypedDict")}
OWN = {
    "..answers": ("Answer", "Match"),
    "..async_transport": ("AsyncTransport",),
    "..events": ("AsyncEventStream", "EventStream"),
    "..exports": ("AsyncExport", "Export"),
    "..given": ("NOT_GIVEN", "NotGiven", "given"),
    "..pages": ("AsyncPage", "Page"),
    "..request": ("Request", "etag_or_none", "in_path", "key_or_new"),
    "..transport": ("Transport",),
}
_DOCUMENTATION = re.compile(r'""".*?"""|#.*?$', re.DOTALL | re.MULTILINE)


def module(body: str, siblings: Mapping[str, Sequence[str]]) -> str:
    """With the imports that the body needs: of its siblings those that are named, and what OWN and STANDARD have."""
    code = _DOCUMENTATION.sub("", body)

    # Not within the names of headers.
    def needed(names: Sequence[str]) -> list[str]:
        return [name for name in names if re.search(rf"(?<![\"-])\b{name}\b", code)]

    imports = {name: needed(names) for name, names in (*STANDARD.items(), *OWN.items())} | dict(siblings)
    lines = [f"from {name} import {', '.join(names)}\n" for name, names in imports.items() if names]
    return formatted(f"{HEADER}{''.join(lines)}\n\n{body}")


def formatted(text: str) -> str:
    return black.format_str(isort.code(text, profile="black", line_length=LINE_LENGTH), mode=_MODE)


def docstring(text: str, arguments: Sequence[str] = ()) -> str:
    paragraphs = [textwrap.fill(paragraph, WIDTH) for paragraph in text.split("\n\n")]
    if arguments:
        paragraphs.append("\n".join(textwrap.fill(one, WIDTH, subsequent_indent="    ") for one in arguments))
    filled = "\n\n".join(paragraphs)
    return f'"""{filled}\n"""\n' if "\n" in filled else f'"""{filled}"""\n'


def comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, WIDTH))
