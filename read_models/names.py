"""Names of indices and aliases. Readers use the alias, the projector writes to concrete indices."""

from __future__ import annotations

import re


def alias(namespace: str, model: str) -> str:
    """The name readers search: filtered, so that tombstones are never found."""
    return f"{namespace}-{model}"


def index(namespace: str, model: str, schema_version: int, generation: str) -> str:
    return f"{namespace}-{model}-v{schema_version}-{generation}"


def schema_version_of(index_name: str) -> int:
    """0 where the name says none."""
    found = re.search(r"-v(\d+)-\d+$", index_name)
    return int(found[1]) if found else 0
