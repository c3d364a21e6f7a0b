from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

# Stored beside the HTML. Raise it whenever the same Markdown would give other HTML or text.
RENDERER_VERSION = 2

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {"a": {"href", "title"}, "code": {"class"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
URL_SCHEMES = {"http", "https", "mailto"}
# What names no scheme stays where it is shown: no colon before the path, and no other host.
_LINK = re.compile(r"(?:https?://|mailto:).*|(?!/[/\\])[^:/?#\\]*(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
# The language of a fence, which code keeps, and no other class.
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")
# A longer message is a log or a dump: it is shown as the plain text it is, and costs nobody's time.
MAX_MESSAGE_LENGTH = 16_384
# Without any of these, and without a line that begins like a list, a rule or code, Markdown is what it says.
_MARKUP = re.compile(r"[*_`\[<>#~|&\\]|^ {0,3}(?:[-+=]|\d{1,9}[.)])|^(?: {4}|\t)", re.MULTILINE)
_PLAIN_TOKENS = frozenset(("paragraph_open", "inline", "paragraph_close", "text", "softbreak", "hardbreak"))


@dataclass(frozen=True)
class Rendered:
    html: str
    plain_text: str
    renderer_version: int


def render(markdown: str) -> Rendered:
    tokens = _PARSER.parse(markdown)
    return Rendered(_html(_PARSER, tokens), _plain_text(tokens), RENDERER_VERSION)


def render_message(markdown: str) -> str | None:
    """None: there is no Markdown in it, so `plain_html` of it is all there is to know."""
    if len(markdown) > MAX_MESSAGE_LENGTH or not _MARKUP.search(markdown):
        return None
    tokens = _MESSAGE_PARSER.parse(markdown)
    # Escapes and entities are text by now, but not the text that was written.
    if not ("\\" in markdown or "&" in markdown) and _PLAIN_TOKENS.issuperset(_types(tokens)):
        return None
    return _html(_MESSAGE_PARSER, tokens)


def _html(parser: MarkdownIt, tokens: Sequence[Token]) -> str:
    return nh3.clean(
        parser.renderer.render(tokens, parser.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=URL_SCHEMES,
        link_rel="noopener nofollow",
    ).strip()


def _types(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        yield token.type
        yield from _types(token.children or ())


def _attribute(tag: str, name: str, value: str) -> str | None:
    if (tag, name) == ("a", "href"):
        return value if _LINK.fullmatch(value) else None
    if (tag, name) == ("code", "class"):
        return value if _LANGUAGE.fullmatch(value) else None
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


def _parser(*, breaks: bool) -> MarkdownIt:
    # No HTML from the author at all: it is shown as the text it is.
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "breaks": breaks})
    parser.enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image_as_link)
    return parser


_PARSER = _parser(breaks=False)
# The lines of a mail are lines.
_MESSAGE_PARSER = _parser(breaks=True)
