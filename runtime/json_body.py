"""Reads JSON bodies strictly: what two parsers could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, Optional

from fastapi import Request, Response
from fastapi.routing import APIRoute

from runtime.problems import ErrorItem, ProblemError
from runtime.types import MAX_BIGINT
from runtime.validation import pointer

MAX_DEPTH = 64
# Longer ones take the interpreter quadratic time to read.
MAX_INTEGER_DIGITS = 400
# Without an escape by number the text is what UTF-8 and JSON allow, without a long number no integer is too large:
# few bodies need the walk through every value.
_SUSPECT = re.compile(rb"\\u|[0-9]{19}")


class Unreadable(ValueError):
    pass


def parse_json(body: bytes) -> Any:
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed("The body must be UTF-8.") from error
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        raise _malformed(f"The body is not JSON: {error.msg} at character {error.pos}.") from error
    except Unreadable as error:
        raise _malformed(str(error)) from error
    if _SUSPECT.search(body) or body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _check(value)
    return value


class StrictRequest(Request):
    parsed: Any = None

    async def json(self) -> Any:
        return self.parsed


Shortcut = Callable[[StrictRequest], Awaitable[Optional[Response]]]


class StrictJSONRoute(APIRoute):
    """`APIRouter(route_class=StrictJSONRoute)`; build_api also sets it for the whole application."""

    def shortcut(self) -> Shortcut | None:
        """Asked first; where it answers None the framework does."""
        return None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        takes_body = self.body_field is not None
        shortcut = self.shortcut()

        async def handle(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if takes_body:
                # Here, as the framework's own reading turns every exception into one vague 400.
                body = await strict.body()
                strict.parsed = parse_json(body) if body else None
            if shortcut is not None and (response := await shortcut(strict)) is not None:
                return response
            return await handler(strict)

        return handle


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (repeated, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise Unreadable(f"The name {repeated[:100]!r} appears twice in one object.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise Unreadable(f"An integer has more than {MAX_INTEGER_DIGITS} digits.")
    return int(digits)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise Unreadable("A number is too large.")
    return value


def _constant(name: str) -> Any:
    raise Unreadable(f"{name} is not JSON.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def _check(value: Any) -> None:
    for depth, path, item in _walk(value):
        if depth > MAX_DEPTH:
            raise _too_deep()
        if isinstance(item, str) and not _is_text(item):
            raise _refused(path, "value.not_text", "NUL and half surrogate pairs are not text.")
        if isinstance(item, int) and abs(item) > MAX_BIGINT:
            raise _refused(path, "value.out_of_range", "The integer is too large.")


def _walk(value: Any) -> Iterator[tuple[int, tuple[str | int, ...], Any]]:
    """Every name and value, without recursion."""
    open_items: list[tuple[int, tuple[str | int, ...], Any]] = [(0, (), value)]
    while open_items:
        depth, path, item = open_items.pop()
        yield depth, path, item
        if isinstance(item, dict):
            for name, child in item.items():
                yield depth, (*path, name), name
                open_items.append((depth + 1, (*path, name), child))
        elif isinstance(item, list):
            open_items.extend((depth + 1, (*path, index), child) for index, child in enumerate(item))


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _refused(path: tuple[str | int, ...], code: str, detail: str) -> ProblemError:
    item = ErrorItem(code, detail, pointer=pointer(path))
    return ProblemError(422, "request.invalid", "One value in the request cannot be used; see errors.", errors=[item])


def _malformed(detail: str) -> ProblemError:
    return ProblemError(400, "body.malformed", detail)


def _too_deep() -> ProblemError:
    return ProblemError(400, "body.too_deep", f"The body nests objects and lists more than {MAX_DEPTH} deep.")
