from __future__ import annotations

from pathlib import Path

from documentation.contract import read
from documentation.openapi import Document
from documentation.python_client.annotations import Annotations
from documentation.python_client.calls import calls_of, schemas_of
from documentation.python_client.methods import Part, Style, groups_module, part_module
from documentation.python_client.types import type_modules

PACKAGE = Path(__file__).parents[2] / "clients" / "python" / "tidedesk_client"
# Everything in them is written here.
FOLDERS = ("operations", "types")


def files() -> dict[str, str]:
    """Text by path within the package."""
    documents = {name: _promised(name) for name in ("command", "query")}
    annotations = Annotations(schemas_of(documents))
    calls = calls_of(documents, annotations)
    parts = [
        (Part(tag, api), [call for call in calls if (call.operation.tag, call.api) == (tag, api)])
        for tag, api in sorted({(call.operation.tag, call.api) for call in calls})
    ]
    found = {f"types/{name}.py": text for name, text in type_modules(calls, annotations).items()}
    found["operations/__init__.py"] = ""
    for style in (Style(is_async=False), Style(is_async=True)):
        for part, own in parts:
            found[f"operations/{part.module(style)}.py"] = part_module(part, own, annotations, style)
        found[f"operations/{style.module_prefix}groups.py"] = groups_module([part for part, _ in parts], style)
    return found


def _promised(name: str) -> Document:
    document = read(name)
    if document is None:
        raise FileNotFoundError(f"docs/openapi/{name}.json is missing: run make openapi")
    return document
