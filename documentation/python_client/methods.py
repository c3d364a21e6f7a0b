"""One class per group of operations, for callers that wait and for callers that await."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from documentation.python_client.annotations import Annotations
from documentation.python_client.calls import Call, Kind, Place
from documentation.python_client.source import docstring, module

SENDERS = {Kind.ANSWER: "answer", Kind.PAGE: "page", Kind.EVENTS: "events", Kind.EXPORT: "export"}
APIS = {"command": "Commands", "query": "Queries"}
STREAMS = (Kind.EVENTS, Kind.EXPORT)


@dataclass(frozen=True)
class Style:
    """How the two kinds of client differ."""

    is_async: bool

    @property
    def prefix(self) -> str:
        return "Async" if self.is_async else ""

    @property
    def module_prefix(self) -> str:
        return "async_" if self.is_async else ""

    @property
    def transport(self) -> str:
        return f"{self.prefix}Transport"

    def answered(self, call: Call) -> str:
        if call.kind is Kind.ANSWER:
            return f"Answer[{call.data[0]}]"
        name = f"{self.prefix}{call.kind.value}"
        return f"{name}[{', '.join(call.data)}]" if call.data else name


@dataclass(frozen=True)
class Part:
    """What one API has of a group."""

    tag: str
    api: str

    def module(self, style: Style) -> str:
        return f"{style.module_prefix}{self.tag}_{APIS[self.api].lower()}"

    def name(self, style: Style) -> str:
        return f"{style.prefix}{self.tag.title()}{APIS[self.api]}"


def part_module(part: Part, calls: Sequence[Call], annotations: Annotations, style: Style) -> str:
    methods = "\n".join(textwrap.indent(_method(call, style), "    ") for call in calls)
    body = (
        f"class {part.name(style)}:\n"
        f"    def __init__(self, transport: {style.transport}) -> None:\n"
        f"        self._transport = transport\n\n{methods}"
    )
    used = [text for call in calls for text in (style.answered(call), *(one.annotation for one in call.arguments))]
    return module(body, {"..types": sorted(set[str]().union(*(annotations.names(text) for text in used)))})


def groups_module(parts: Sequence[Part], style: Style) -> str:
    tags = list(dict.fromkeys(part.tag for part in parts))
    members = "".join(f"        self.{tag} = {style.prefix}{tag.title()}(transport)\n" for tag in tags)
    groups = "".join(
        f"class {style.prefix}{tag.title()}({', '.join(part.name(style) for part in parts if part.tag == tag)}):\n"
        f'    """Of both APIs what concerns {tag}."""\n\n\n'
        for tag in tags
    )
    body = (
        f"{groups}class {style.prefix}Groups:\n    def __init__(self, transport: {style.transport}) -> None:\n{members}"
    )
    return module(body, {f".{part.module(style)}": [part.name(style)] for part in parts})


def _method(call: Call, style: Style) -> str:
    waits = call.kind not in STREAMS
    define = "async def" if style.is_async and waits else "def"
    wait = "await " if style.is_async and waits else ""
    return (
        f"{define} {call.name}({_signature(call)}) -> {style.answered(call)}:\n"
        f"{textwrap.indent(_documentation(call), '    ')}"
        f"    return {wait}self._transport.{SENDERS[call.kind]}({_request(call)})\n"
    )


def _signature(call: Call) -> str:

    by_position = [f"{one.name}: {one.annotation}" for one in call.at(Place.PATH)]
    by_name = [
        f"{one.name}: {one.annotation}" + ("" if one.default is None else f" = {one.default}")
        for one in call.arguments
        if one.place is not Place.PATH
    ]
    return ", ".join(["self", *by_position, *(["*", *by_name] if by_name else [])])


def _documentation(call: Call) -> str:
    text = call.operation.content.get("description") or call.operation.content["summary"]
    return docstring(text, [f"{one.name}: {one.description}" for one in call.arguments if one.description])


def _request(call: Call) -> str:
    arguments = [f'"{call.api}"', f'"{call.operation.method.upper()}"', _path(call)]
    query = [f'"{one.sent_as}": {one.name}' for one in call.at(Place.QUERY)]
    if query:
        arguments.append(f"query={{{', '.join(query)}}}")
    headers = _headers(call)
    if headers:
        arguments.append(f"headers={{{', '.join(headers)}}}")
    body = [f"{one.sent_as}={one.name}" for one in call.at(Place.BODY)]
    if body:
        arguments.append(f"body=given({', '.join(body)})")
    if any(call.at(Place.CONTENT)):
        arguments.append("content=content")
    if call.awaits_writes:
        arguments.append("awaits_writes=True, consistency_token=consistency_token, wait_s=wait_s")
    if call.keeps_known:
        arguments.append("known=known")
    return f"Request({', '.join(arguments)})"


def _path(call: Call) -> str:
    path = call.operation.path
    for one in call.at(Place.PATH):
        path = path.replace(f"{{{one.sent_as}}}", f"{{in_path({one.name})}}")
    return f'f"{path}"' if "{" in path else f'"{path}"'


def _headers(call: Call) -> list[str]:
    made = {
        "Idempotency-Key": "key_or_new(idempotency_key)",
        "If-Match": "etag_or_none(if_match)",
        "If-None-Match": "etag_or_none(known)",
    }
    own = [f'"{one.sent_as}": {made[one.sent_as]}' for one in call.at(Place.OWN) if one.sent_as in made]
    return [f'"{one.sent_as}": {one.name}' for one in call.at(Place.HEADER)] + own
