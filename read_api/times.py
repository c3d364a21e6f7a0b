from __future__ import annotations


def utc(text: str | None) -> str | None:
    """A time as Postgres writes it in JSON, in the spelling of all other answers."""
    return None if text is None else text.replace("+00:00", "Z")
