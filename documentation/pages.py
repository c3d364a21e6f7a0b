"""The generated pages and where they are."""

from __future__ import annotations

from documentation import api, commands, events, metrics, problems, settings
from documentation.openapi import documents


def pages() -> dict[str, str]:
    """Markdown by its place below docs/."""
    return {
        "reference/settings.md": settings.page(),
        "reference/events.md": events.page(),
        "reference/commands.md": commands.page(),
        "reference/metrics.md": metrics.page(),
        "reference/problem-codes.md": problems.page(),
        **{f"reference/{name}-api.md": api.page(name, document) for name, document in documents().items()},
    }
