"""A body that an operation takes, from the examples that its schema has."""

from __future__ import annotations

from typing import Any

from documentation.openapi import Document, resolved

# Where a schema has no example of its own.
BY_FORMAT = {
    "uuid": "01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11",
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "email": "ada@example.com",
}
BY_TYPE: dict[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": True, "object": {}, "null": None}


def example(document: Document, schema: dict[str, Any]) -> Any:
    """Required fields, and of the others those that show something."""
    schema = resolved(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    for together in ("anyOf", "oneOf", "allOf"):
        if together in schema:
            return example(document, schema[together][0])
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if "properties" in schema:
        return _object(document, schema)
    return _plain(document, schema)


def _object(document: Document, schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", ())
    shown = {
        name: found
        for name, found in schema["properties"].items()
        if name in required or resolved(document, found).get("examples")
    }
    # A patch requires nothing, and an empty one shows nothing.
    if not shown:
        shown = dict(list(schema["properties"].items())[:1])
    return {name: example(document, found) for name, found in shown.items()}


def _plain(document: Document, schema: dict[str, Any]) -> Any:
    types = schema.get("type", "object")
    type_ = types[0] if isinstance(types, list) else types
    if type_ == "array":
        return [example(document, schema["items"])] if schema.get("items") else []
    if type_ == "integer" and "minimum" in schema:
        return max(1, schema["minimum"])
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE[type_])
