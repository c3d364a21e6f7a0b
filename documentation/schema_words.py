"""A JSON Schema in a few words."""

from __future__ import annotations

from typing import Any

from documentation.markdown import code

Schema = dict[str, Any]
FORMATS = {
    "uuid": "id",
    "date-time": "time",
    "date": "date",
    "email": "e-mail address",
    "binary": "file",
    "uri": "address",
}
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}


def kind(schema: Schema) -> str:
    """With links to the schemas that it names, which are on the same page."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for together in ("anyOf", "oneOf", "allOf"):
        if together in schema:
            return " or ".join(dict.fromkeys(kind(one) for one in schema[together]))
    if "enum" in schema:
        return ", ".join(code(value) for value in schema["enum"])
    if "const" in schema:
        return code(schema["const"])
    types = schema.get("type", "object" if "properties" in schema else "")
    names = [_plain(one, schema) for one in (types if isinstance(types, list) else [types])]
    return " or ".join(names)


def limits(schema: Schema) -> str:
    found = []
    if "default" in schema:
        value = schema["default"]
        found.append(f"default {code(str(value).lower() if isinstance(value, bool) else value)}")
    for low, high, unit in (
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
        ("minimum", "maximum", ""),
    ):
        if low in schema and high in schema:
            found.append(f"{schema[low]:,} to {schema[high]:,}{unit}")
        elif low in schema:
            found.append(f"at least {schema[low]:,}{unit}")
        elif high in schema:
            found.append(f"at most {schema[high]:,}{unit}")
    if "pattern" in schema:
        found.append(f"matches {code(schema['pattern'])}")
    return ", ".join(found)


def named(schema: Schema) -> str:
    return str(schema.get("description", ""))


def _plain(type_: str, schema: Schema) -> str:
    if type_ == "array":
        return f"list of {kind(schema['items'])}" if schema.get("items") else "list"
    if type_ == "object":
        values = schema.get("additionalProperties")
        return f"object of {kind(values)}" if isinstance(values, dict) and values else "object"
    if type_ == "string":
        return FORMATS.get(schema.get("format", ""), "text")
    return TYPES.get(type_, "anything")
