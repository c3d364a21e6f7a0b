"""A JSON Schema as a Python annotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
RECEIVED = {"array": "list", "object": "dict"}
SENT = {"array": "Sequence", "object": "Mapping"}
TOGETHER = ("anyOf", "oneOf", "allOf")
_NAME = re.compile(r"(?<![\"\w])[A-Z]\w*(?![\"\w])")


class Annotations:
    """Of one set of schemas. An enum that stands where it is used gets the name of the same one that has a name."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self.schemas = schemas
        self._enums = {tuple(one["enum"]): name for name, one in schemas.items() if "enum" in one}

    def received(self, schema: Schema) -> str:
        return self._of(schema, RECEIVED)

    def sent(self, schema: Schema) -> str:
        """Callers may pass what only can be read."""
        return self._of(schema, SENT)

    def names(self, annotation: str) -> set[str]:
        """The schemas that an annotation names."""
        return set(_NAME.findall(annotation)) & set(self.schemas)

    def _of(self, schema: Schema, containers: Mapping[str, str]) -> str:
        """Each alternative once, None last."""
        parts = dict.fromkeys(self._alternatives(schema, containers))
        return " | ".join(sorted(parts, key=lambda part: part == "None"))

    def _alternatives(self, schema: Schema, containers: Mapping[str, str]) -> Iterator[str]:
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        elif together := [one for key in TOGETHER for one in schema.get(key, ())]:
            for one in together:
                yield from self._alternatives(one, containers)
        elif "enum" in schema:
            yield self._enums.get(tuple(schema["enum"])) or literal(schema["enum"])
        elif "const" in schema:
            yield literal([schema["const"]])
        else:
            types = schema.get("type", "object" if "properties" in schema else None)
            for type_ in types if isinstance(types, list) else [types]:
                yield self._plain(type_, schema, containers)

    def _plain(self, type_: str | None, schema: Schema, containers: Mapping[str, str]) -> str:
        if type_ == "array":
            return f"{containers['array']}[{self._of(schema.get('items', {}), containers)}]"
        if type_ == "object":
            values = schema.get("additionalProperties")
            return f"{containers['object']}[str, {self._of(values, containers) if isinstance(values, dict) else 'Any'}]"
        if schema.get("format") == "binary":
            return "bytes"
        return PLAIN.get(str(type_), "Any")


def literal(values: list[Any]) -> str:
    shown = ", ".join(f'"{value}"' if isinstance(value, str) else repr(value) for value in values)
    return f"Literal[{shown}]"
