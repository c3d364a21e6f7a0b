from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

# Stored beside the HTML. Raise it whenever the same Markdown would give other HTML or text.
RENDERER_VERSION = 1

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
URL_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True)
class Rendered:
    html: str
    plain_text: str
    renderer_version: int


def render(markdown: str) -> Rendered:
    tokens = _PARSER.parse(markdown)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=URL_SCHEMES,
        link_rel="noopener nofollow",
    )
    return Rendered(clean.strip(), _plain_text(tokens), RENDERER_VERSION)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Code keeps the language of its fence and no other class."""
    if (tag, name) == ("code", "class"):
        return value if value.startswith("language-") and " " not in value else None
    return value


def _plain_text(tokens: Iterable[Token]) -> str:
    """What a reader reads: for the search, one block a line."""
    lines = []
    for token in tokens:
        if token.type == "inline":
            lines.append(_inline_text(token.children or []))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip("\n"))
    return "\n".join(line for line in lines if line.strip())


def _inline_text(tokens: Iterable[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline_text(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)


def _image_as_link(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A remote picture tells its owner who reads which page and when, so the reader decides by a click."""
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    text = _inline_text(token.children or []) or source
    return f'<a href="{escapeHtml(source)}">{escapeHtml(text)}</a>'


def _parser() -> MarkdownIt:
    # No HTML from the author at all: it is shown as the text it is.
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_link)
    return parser


_PARSER = _parser()
