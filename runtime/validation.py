"""What pydantic finds wrong with a request, in the words of a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from runtime.problems import ErrorItem, ProblemError

CODES = {
    "value_error.missing": "field.required",
    "value_error.extra": "field.unknown",
    "type_error.none.not_allowed": "value.null",
    "value_error.any_str.min_length": "value.too_short",
    "value_error.any_str.max_length": "value.too_long",
    "value_error.list.min_items": "value.too_few",
    "value_error.list.max_items": "value.too_many",
    "value_error.number.not_ge": "value.out_of_range",
    "value_error.number.not_gt": "value.out_of_range",
    "value_error.number.not_le": "value.out_of_range",
    "value_error.number.not_lt": "value.out_of_range",
    "type_error.enum": "value.not_allowed",
    "value_error.const": "value.not_allowed",
    "value_error.text.nul": "value.not_text",
    "value_error.text.surrogate": "value.not_text",
}
DETAILS = {
    "value_error.missing": "This is required.",
    "type_error.none.not_allowed": "This cannot be null.",
    "type_error.str": "This must be text.",
    "type_error.integer": "This must be a whole number.",
    "type_error.uuid": "This must be an id (a UUID).",
    "type_error.list": "This must be a list.",
    "type_error.dict": "This must be an object.",
    "value_error.email": "This must be an e-mail address.",
    "value_error.extra": "There is no such field here. Leave it out, or check its spelling.",
}
WRONG_TYPE = "value.wrong_type"
INVALID = "value.invalid"
# Hundreds of faults help nobody and make a big answer of a bad request.
MAX_ERRORS = 50


def invalid_request(error: RequestValidationError) -> ProblemError:
    faults = error.errors()
    if faults and all(fault["loc"][0] == "path" for fault in faults):
        # An id that cannot exist is an id that does not exist.
        return ProblemError(404, "not_found", "There is nothing with this id.")
    items = [_item(fault) for fault in faults[:MAX_ERRORS]]
    return ProblemError(422, "request.invalid", _summary(items), errors=items)


def pointer(parts: Sequence[str | int]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _summary(items: Sequence[ErrorItem]) -> str:
    count = "One value" if len(items) == 1 else f"{len(items)} values"
    return f"{count} in the request cannot be used; see errors."


def _item(fault: Mapping[str, Any]) -> ErrorItem:
    place, *parts = fault["loc"]
    kind = str(fault["type"])
    code = CODES.get(kind) or (WRONG_TYPE if kind.startswith("type_error") else INVALID)
    detail = DETAILS.get(kind) or _sentence(str(fault["msg"]))
    if place == "body":
        return ErrorItem(code, detail, pointer=pointer(parts))
    # Of a parameter that may be repeated the place of the bad value follows; callers know the parameter by its name.
    name = str(parts[0]) if parts else str(place)
    if place == "header":
        return ErrorItem(code, detail, header=name)
    return ErrorItem(code, detail, parameter=name)


def _sentence(message: str) -> str:
    message = message.strip()
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")
