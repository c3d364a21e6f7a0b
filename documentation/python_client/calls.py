"""The operations of both documents, as calls of Python methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from documentation.openapi import Document, Operation, operations, resolved
from documentation.python_client.annotations import Annotations, Schema

# Headers that the client makes by itself, under the names of arguments that say what they are for.
OWN_HEADERS = ("Idempotency-Key", "If-Match", "If-None-Match", "Consistency-Token", "Prefer")
JSON = "application/json"
LEFT_OUT = "NotGiven"


class Kind(Enum):
    ANSWER = "Answer"
    PAGE = "Page"
    EVENTS = "EventStream"
    EXPORT = "Export"


class Place(Enum):
    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    BODY = "body"
    CONTENT = "content"
    # Not sent as it is: it says how the client is to send.
    OWN = "own"


@dataclass(frozen=True)
class Argument:
    name: str
    # Where it is sent, under its own name.
    place: Place
    sent_as: str
    annotation: str
    default: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Call:
    api: str
    operation: Operation
    kind: Kind
    arguments: tuple[Argument, ...]
    # Of the data; for a page of the list and of an item.
    data: tuple[str, ...]
    awaits_writes: bool
    keeps_known: bool

    @property
    def name(self) -> str:
        return self.operation.id

    def at(self, place: Place) -> Iterator[Argument]:
        return (one for one in self.arguments if one.place is place)


def schemas_of(documents: Mapping[str, Document]) -> dict[str, Schema]:
    """Of both APIs: what has one name in both has to be one thing."""
    found: dict[str, Schema] = {}
    for document in documents.values():
        for name, schema in document["components"]["schemas"].items():
            if found.setdefault(name, schema) != schema:
                raise ValueError(f"{name} is one thing in the command API and another in the query API: rename one")
    return found


def calls_of(documents: Mapping[str, Document], annotations: Annotations) -> list[Call]:
    return [
        _call(api, document, operation, annotations)
        for api, document in documents.items()
        for operation in operations(document)
    ]


def _call(api: str, document: Document, operation: Operation, annotations: Annotations) -> Call:
    parameters = operation.content.get("parameters", [])
    headers = {one["name"] for one in parameters if one["in"] == "header"}
    media = _answered_media(operation)
    kind, data = _kind(document, media, annotations, {one["name"] for one in parameters})
    keeps_known = "If-None-Match" in headers
    arguments = [
        *_parameters(parameters, annotations),
        *_body(document, operation, annotations),
        *_own(operation, parameters, headers, f"Answer[{data[0]}]" if keeps_known else ""),
    ]
    arguments.sort(key=lambda one: (one.place is not Place.PATH, one.default is not None))
    names = [one.name for one in arguments]
    if len(names) != len(set(names)):
        raise ValueError(f"{operation.id} has two arguments of one name: {names}")
    return Call(api, operation, kind, tuple(arguments), data, "Consistency-Token" in headers, keeps_known)


def _answered_media(operation: Operation) -> dict[str, Any]:
    done = [answer for status, answer in sorted(operation.content["responses"].items()) if status < "400"]
    media: dict[str, Any] = done[0].get("content", {})
    return media


def _kind(
    document: Document, media: Mapping[str, Any], annotations: Annotations, parameters: set[str]
) -> tuple[Kind, tuple[str, ...]]:
    if "text/event-stream" in media:
        return Kind.EVENTS, ()
    if "application/x-ndjson" in media:
        return Kind.EXPORT, ()
    schemas = [one["schema"] for one in media.values()]
    if not schemas:
        return Kind.ANSWER, ("None",)
    schema = schemas[0]
    data = annotations.received(schema)
    if "cursor" not in parameters:
        return Kind.ANSWER, (data,)
    items = resolved(document, schema)["properties"]["items"]
    return Kind.PAGE, (data, annotations.received(items["items"]))


def _parameters(parameters: list[Schema], annotations: Annotations) -> Iterator[Argument]:
    for one in parameters:
        if one["name"] in OWN_HEADERS:
            continue
        annotation = annotations.sent(one["schema"])
        name, place = _python_name(one["name"]), Place(one["in"])
        if place is Place.QUERY and name == "last_event_id":
            # The header of the same name says the same, and counts more.
            continue
        if one.get("required"):
            yield Argument(name, place, one["name"], annotation, None, one.get("description", ""))
        else:
            yield Argument(name, place, one["name"], f"{annotation} | None", "None", one.get("description", ""))


def _body(document: Document, operation: Operation, annotations: Annotations) -> Iterator[Argument]:
    media = operation.content.get("requestBody", {}).get("content", {})
    if media and JSON not in media:
        yield Argument("content", Place.CONTENT, "", "bytes")
        return
    schema = resolved(document, media[JSON]["schema"]) if media else {}
    for name, one in schema.get("properties", {}).items():
        annotation, description = annotations.sent(one), one.get("description", "")
        if name in schema.get("required", ()):
            yield Argument(name, Place.BODY, name, annotation, None, description)
        else:
            yield Argument(name, Place.BODY, name, f"{annotation} | {LEFT_OUT}", "NOT_GIVEN", description)


def _own(operation: Operation, parameters: list[Schema], headers: set[str], known: str) -> Iterator[Argument]:
    """Of headers that the client makes by itself: what callers may say about them."""
    if "If-Match" in headers:
        required = any(one["name"] == "If-Match" and one.get("required") for one in parameters)
        annotation, default = ("Match", None) if required else ("Match | None", "None")
        yield Argument("if_match", Place.OWN, "If-Match", annotation, default)
    if "Idempotency-Key" in headers and operation.method == "post":
        yield Argument("idempotency_key", Place.OWN, "Idempotency-Key", "str | None", "None")
    if known:
        yield Argument("known", Place.OWN, "If-None-Match", f"{known} | None", "None")
    if "Consistency-Token" in headers:
        yield Argument("consistency_token", Place.OWN, "Consistency-Token", "str | None", "None")
        yield Argument("wait_s", Place.OWN, "Prefer", "int | None", "None")


def _python_name(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()
