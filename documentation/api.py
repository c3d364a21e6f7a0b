"""The reference of one API, from its OpenAPI document."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from documentation.examples import example
from documentation.markdown import code, prose, table
from documentation.openapi import Document, Operation, operations
from documentation.schema_words import kind, limits, named

# What any request can meet is told once, on the page of problem codes.
USUAL = {"400", "401", "413", "415", "422", "429", "431", "500", "503"}
TITLES = {
    "command": ("Command API", "8000"),
    "query": ("Query API", "8001"),
}
INTRODUCTION = """# {title}

{description}

It listens on port {port}; its OpenAPI 3.1 document is at `/openapi.json`, and `/docs` shows it. Every refusal is one of
the [problem codes](problem-codes.md). The statuses {usual}
can come from any operation that has what they are about, and are not repeated. What the headers mean is
[at the end](#headers).
"""


def page(name: str, document: Document) -> str:
    title, port = TITLES[name]
    usual = ", ".join(sorted(USUAL))
    parts = [INTRODUCTION.format(title=title, description=document["info"]["description"], port=port, usual=usual)]
    by_tag: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations(document):
        by_tag[operation.tag].append(operation)
    for tag, found in by_tag.items():
        parts.append(f"## {tag.replace('-', ' ').capitalize()}\n")
        parts += [_operation(document, operation) for operation in found]
    parts += ["## Schemas\n", *_schemas(document)]
    headers = document["components"]["headers"].items()
    rows = [(code(header), prose(found["description"]), code(found["example"])) for header, found in headers]
    parts.append(f"## Headers\n\n{table(('header', 'what', 'example'), rows)}")
    return "\n".join(parts)


def _operation(document: Document, operation: Operation) -> str:
    content = operation.content
    parts = [f"### {operation.id}\n", f"```text\n{operation.method.upper()} {operation.path}\n```\n"]
    parts.append(content.get("description", content["summary"]).replace("<", "&lt;") + "\n")
    parts += [_parameters(document, content), _body(document, content), _answers(content)]
    return "\n".join(part for part in parts if part)


def _parameters(document: Document, content: dict[str, Any]) -> str:
    rows = [
        (
            code(one["name"]),
            one["in"] + (", required" if one.get("required") else ""),
            kind(one["schema"]),
            limits(one["schema"]),
            prose(one.get("description", "")),
        )
        for one in content.get("parameters", ())
    ]
    return table(("parameter", "in", "type", "limits", "what"), rows) if rows else ""


def _body(document: Document, content: dict[str, Any]) -> str:
    media = content.get("requestBody", {}).get("content", {})
    if not media:
        return ""
    schema = next(iter(media.values()))["schema"]
    text = f"Body: {kind(schema)}, as {' or '.join(code(name) for name in media)}.\n"
    if "application/json" not in media:
        return text
    return f"{text}\n```json\n{json.dumps(example(document, schema), indent=2, ensure_ascii=False)}\n```\n"


def _answers(content: dict[str, Any]) -> str:
    rows = [
        (status, HTTPStatus(int(status)).phrase, _answer_kind(answer), ", ".join(map(code, _headers(answer))))
        for status, answer in sorted(content["responses"].items())
        if status not in USUAL
    ]
    return table(("answer", "", "body", "headers"), rows)


def _answer_kind(answer: dict[str, Any]) -> str:
    found = [
        kind(media["schema"]) if media.get("schema") else code(name)
        for name, media in answer.get("content", {}).items()
    ]
    return " or ".join(found)


def _headers(answer: dict[str, Any]) -> list[str]:
    """Without those that every answer has."""
    return [name for name in answer.get("headers", {}) if name not in ("X-Request-ID", "RateLimit", "RateLimit-Policy")]


def _schemas(document: Document) -> Iterator[str]:
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"### {name}\n"
        if schema.get("description"):
            yield prose(schema["description"]) + "\n"
        if "enum" in schema:
            yield f"One of {', '.join(code(value) for value in schema['enum'])}.\n"
        required = schema.get("required", ())
        rows = [
            (code(field), kind(found), "yes" if field in required else "", limits(found), prose(named(found)))
            for field, found in schema.get("properties", {}).items()
        ]
        if rows:
            yield table(("field", "type", "always", "limits", "what"), rows)
