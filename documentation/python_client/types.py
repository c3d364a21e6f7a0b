"""The schemas as TypedDicts and Literals, in one module per group of operations."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from documentation.python_client.annotations import Annotations, Schema, literal
from documentation.python_client.calls import Call
from documentation.python_client.source import HEADER, comment, docstring, formatted, module

# For what the operations of several groups have in common.
SHARED = "shared"
# Every refusal is one, of whatever operation.
PROBLEMS = ("Problem", "ProblemItem")


def type_modules(calls: Sequence[Call], annotations: Annotations) -> dict[str, str]:
    places = _places(calls, annotations)
    modules = {}
    for place in sorted(set(places.values())):
        names = sorted(name for name, found in places.items() if found == place)
        modules[place] = _module(names, annotations)
    exported = "".join(
        f"from .{place} import {', '.join(sorted(name for name, found in places.items() if found == place))}\n"
        for place in modules
    )
    everything = ", ".join(f'"{name}"' for name in sorted(places))
    modules["__init__"] = formatted(f"{HEADER}{exported}\n__all__ = [{everything}]\n")
    return modules


def _places(calls: Sequence[Call], annotations: Annotations) -> dict[str, str]:
    """Where each type is that some call needs: bodies are arguments, and no types."""
    tags: dict[str, set[str]] = {name: {SHARED} for name in PROBLEMS}
    for call in calls:
        waiting = set[str]().union(
            *(annotations.names(text) for text in (*call.data, *(one.annotation for one in call.arguments)))
        )
        while waiting:
            name = waiting.pop()
            if call.operation.tag not in tags.setdefault(name, set()):
                tags[name].add(call.operation.tag)
                waiting |= _named_in(annotations.schemas[name], annotations)
    return {name: found.copy().pop() if len(found) == 1 else SHARED for name, found in tags.items()}


def _named_in(schema: Schema, annotations: Annotations) -> set[str]:
    fields = [annotations.received(one) for one in schema.get("properties", {}).values()]
    return set[str]().union(*(annotations.names(text) for text in fields))


def _module(names: Sequence[str], annotations: Annotations) -> str:
    """What a group's types need besides each other is needed by several groups."""
    schemas = {name: annotations.schemas[name] for name in names}
    literals = [
        f"{comment(one.get('description', ''))}{name} = {literal(one['enum'])}\n"
        for name, one in schemas.items()
        if "enum" in one
    ]
    classes = [_class(name, one, annotations) for name, one in schemas.items() if "enum" not in one]
    outside = set[str]().union(*(_named_in(one, annotations) for one in schemas.values())) - set(names)
    return module("".join(literals) + "\n\n" + "\n\n".join(classes), {f".{SHARED}": sorted(outside)})


def _class(name: str, schema: Schema, annotations: Annotations) -> str:
    """What may be missing is in a class of its own, because Python 3.10 has no NotRequired."""
    properties: Mapping[str, Schema] = schema["properties"]
    required = schema.get("required", ())
    always = {field: one for field, one in properties.items() if field in required}
    perhaps = {field: one for field, one in properties.items() if field not in required}
    about = docstring(schema["description"]) if "description" in schema else ""
    if not perhaps:
        return f"class {name}(TypedDict):\n{_fields(about, always, annotations)}"
    if not always:
        return f"class {name}(TypedDict, total=False):\n{_fields(about, perhaps, annotations)}"
    return (
        f"class _{name}(TypedDict):\n{_fields('', always, annotations)}\n\n"
        f"class {name}(_{name}, total=False):\n{_fields(about, perhaps, annotations)}"
    )


def _fields(about: str, properties: Mapping[str, Schema], annotations: Annotations) -> str:
    lines = [
        f"{comment(one.get('description', ''))}{name}: {annotations.received(one)}\n"
        for name, one in properties.items()
    ]
    return textwrap.indent(about + ("\n" if about else "") + "".join(lines), "    ")
