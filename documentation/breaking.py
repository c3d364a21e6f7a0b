"""What in a new OpenAPI document would break a caller of the old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documentation.openapi import Document, Operation, operations, resolved

Schema = dict[str, Any]
# Narrower if higher, narrower if lower; of what callers send.
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
# Recursive schemas end somewhere.
MAX_DEPTH = 12


def breaking_changes(old: Document, new: Document) -> list[str]:
    found = {(one.method, one.path): one for one in operations(new)}
    changes: list[str] = []
    for before in operations(old):
        name = f"{before.method.upper()} {before.path}"
        after = found.get((before.method, before.path))
        if after is None:
            changes.append(f"{name}: removed")
            continue
        comparison = _Comparison(old, new)
        changes += [f"{name}: {change}" for change in comparison.operation(before, after)]
    return changes


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new

    def operation(self, before: Operation, after: Operation) -> Iterator[str]:
        if before.id != after.id:
            yield f"operationId was {before.id}, is {after.id}"
        yield from self._parameters(before.content, after.content)
        yield from self._bodies(before.content, after.content)
        yield from self._answers(before.content, after.content)

    def _parameters(self, before: Schema, after: Schema) -> Iterator[str]:
        old, new = _by_place(before), _by_place(after)
        for place, one in old.items():
            if place not in new:
                yield f"{_named(place)} removed"
            else:
                yield from self.sent(one["schema"], new[place]["schema"], _named(place))
        for place, one in new.items():
            if one.get("required") and not old.get(place, {}).get("required"):
                yield f"{_named(place)} is now required"

    def _bodies(self, before: Schema, after: Schema) -> Iterator[str]:
        old, new = before.get("requestBody", {}), after.get("requestBody", {})
        if new.get("required") and not old.get("required"):
            yield "a body is now required"
        for media, content in old.get("content", {}).items():
            if media not in new.get("content", {}):
                yield f"body: {media} is no longer taken"
            elif "schema" in content:
                yield from self.sent(content["schema"], new["content"][media].get("schema", {}), "body")

    def _answers(self, before: Schema, after: Schema) -> Iterator[str]:
        for status, old in before["responses"].items():
            if not status.startswith("2"):
                continue
            new = after["responses"].get(status)
            if new is None:
                yield f"no longer answers {status}"
                continue
            for media, content in old.get("content", {}).items():
                if media not in new.get("content", {}):
                    yield f"answer {status}: no longer {media}"
                elif "schema" in content:
                    yield from self.answered(content["schema"], new["content"][media]["schema"], f"answer {status}")

    def sent(self, before: Schema, after: Schema, place: str, depth: int = 0) -> Iterator[str]:
        """Of what callers send: whatever was taken must still be taken."""
        old, new = resolved(self._old, before), resolved(self._new, after)
        taken, still = types(self._old, old), types(self._new, new)
        yield from _lost("type", taken - still if still else set(), place)
        yield from _lost("value", _values(old) - _values(new) if _values(new) else set(), place)
        if _values(new) and not _values(old):
            yield f"{place}: only some values are taken now"
        for bound in (*LOWER_BOUNDS, *UPPER_BOUNDS):
            if bound in new and _is_narrower(bound, old.get(bound), new[bound]):
                yield f"{place}: {bound} was {old.get(bound, 'open')}, is {new[bound]}"
        if "pattern" in new and old.get("pattern") != new["pattern"]:
            yield f"{place}: pattern was {old.get('pattern', 'open')}, is {new['pattern']}"
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{place}/{name}: is now required"
        if new.get("additionalProperties") is False:
            for name in sorted(set(old.get("properties", {})) - set(new.get("properties", {}))):
                yield f"{place}/{name}: removed"
        if depth < MAX_DEPTH:
            for name, one, other in _children(old, new):
                yield from self.sent(one, other, f"{place}{name}", depth + 1)

    def answered(self, before: Schema, after: Schema, place: str, depth: int = 0) -> Iterator[str]:
        """Of what callers get: nothing that they read may be missing or be of a kind that they do not know."""
        old, new = resolved(self._old, before), resolved(self._new, after)
        known, possible = types(self._old, old), types(self._new, new)
        yield from _gained("type", possible - known if known else set(), place)
        for name in sorted(set(old.get("properties", {})) - set(new.get("properties", {}))):
            yield f"{place}/{name}: removed"
        for name in sorted(set(old.get("required", ())) - set(new.get("required", ()))):
            if name in new.get("properties", {}):
                yield f"{place}/{name}: is no longer always there"
        if depth < MAX_DEPTH:
            for name, one, other in _children(old, new):
                yield from self.answered(one, other, f"{place}{name}", depth + 1)


def types(document: Document, schema: Schema) -> set[str]:
    """Also where null is one of two alternatives."""
    schema = resolved(document, schema)
    found = schema.get("type", ())
    alternatives = [one for together in ("anyOf", "oneOf") for one in schema.get(together, ())]
    return ({found} if isinstance(found, str) else set(found)).union(*(types(document, one) for one in alternatives))


def _values(schema: Schema) -> set[str]:
    return {str(value) for value in schema.get("enum", ())}


def _children(old: Schema, new: Schema) -> Iterator[tuple[str, Schema, Schema]]:
    for name, one in old.get("properties", {}).items():
        if name in new.get("properties", {}):
            yield f"/{name}", one, new["properties"][name]
    if old.get("items") and new.get("items"):
        yield "/*", old["items"], new["items"]
    for together in ("anyOf", "oneOf", "allOf"):
        pairs = zip(old.get(together, ()), new.get(together, ()))
        for one, other in pairs:
            yield "", one, other


def _lost(what: str, gone: set[str], place: str) -> Iterator[str]:
    if gone:
        yield f"{place}: {what} {', '.join(sorted(gone))} is no longer taken"


def _gained(what: str, added: set[str], place: str) -> Iterator[str]:
    if added:
        yield f"{place}: may now be of {what} {', '.join(sorted(added))}"


def _is_narrower(bound: str, old: Any, new: Any) -> bool:
    if old is None:
        return True
    return bool(new > old) if bound in LOWER_BOUNDS else bool(new < old)


def _by_place(content: Schema) -> dict[tuple[str, str], Schema]:
    return {(one["in"], one["name"].lower()): one for one in content.get("parameters", ())}


def _named(place: tuple[str, str]) -> str:
    return f"{place[0]} parameter {place[1]}"
