"""Text without any markup as HTML: what a message without Markdown is shown as, told from its body alone."""

from __future__ import annotations

import html
import re

_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")


def plain_html(text: str) -> str:
    """Line breaks stay, as people mean them in a mail."""
    escaped = html.escape(text.strip(), quote=False)
    paragraphs = [paragraph.replace("\n", "<br>\n") for paragraph in _BETWEEN_PARAGRAPHS.split(escaped)]
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
