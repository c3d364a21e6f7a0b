"""Looks at HTML for anything that could run, load or pretend, with a reader and a list of its own.

What it lets pass is read alike by every browser: no other namespace, no element whose text is read in another way, so
nothing can become something else when it is written out and read again.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_EMPTY = {"br", "hr"}
_ELEMENTS = _EMPTY | {
    *("p", "a", "em", "strong", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_VALUES = {
    # Of a known kind, or none at all: then neither a colon nor a host may come before the path.
    ("a", "href"): re.compile(r"((https?://|mailto:).*)|((?!/[/\\])[^:/?#]*([/?#].*)?)", re.IGNORECASE | re.DOTALL),
    ("a", "rel"): re.compile(r"noopener nofollow"),
    ("a", "title"): re.compile(r".*", re.DOTALL),
    ("code", "class"): re.compile(r"language-\S*"),
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("th", "align"): re.compile(r"left|right|center"),
    ("td", "align"): re.compile(r"left|right|center"),
}
# Browsers drop them wherever they stand in an address.
_IGNORED_IN_ADDRESSES = re.compile(r"[\x00-\x20]")
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*|/?[a-z][a-z0-9]* [^<>]*)>")


def faults(html: str) -> list[str]:
    """What is wrong with it; empty: nothing."""
    found = _Reader(html).faults
    # Whatever else a `<` could begin: a comment, an instruction, a tag that never ends.
    without_tags = _TAG.sub("", html)
    if "<" in without_tags:
        found.append(f"a stray <: {without_tags[without_tags.index('<') :][:60]!r}")
    return found


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{name}> is not closed" for name in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self.faults.append(f"<{tag}>")
        if tag not in _EMPTY:
            self._open.append(tag)
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        for name, value in attrs:
            allowed, said = _VALUES.get((tag, name)), value or ""
            if name == "href":
                said = _IGNORED_IN_ADDRESSES.sub("", said)
            if allowed is None or not allowed.fullmatch(said):
                self.faults.append(f"<{tag} {name}={value!r}>")
        if tag == "a" and "rel" not in names:
            self.faults.append("a link that tells where it was followed from")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> in the wrong place")

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.faults.append("an instruction")
