"""Both OpenAPI documents, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import read_api.bootstrap
import write_api.bootstrap
from runtime.openapi import METHODS
from runtime.settings import Settings

Document = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    path: str
    method: str
    content: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.content["operationId"])

    @property
    def tag(self) -> str:
        return str(self.content.get("tags", ["other"])[0])


def documents() -> dict[str, Document]:
    settings = Settings(environment="test")
    return {
        "command": write_api.bootstrap.create_app(settings).openapi(),
        "query": read_api.bootstrap.create_app(settings).openapi(),
    }


def operations(document: Document) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(path, method, item[method])


def resolved(document: Document, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to, or itself."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema
