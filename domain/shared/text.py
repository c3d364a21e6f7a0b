from __future__ import annotations

import re

from domain.shared.errors import ValidationFailed

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class TextInvalid(ValidationFailed):
    code = "text.invalid"


class TextInvalidCharacter(ValidationFailed):
    code = "text.invalid_character"


class TextBlank(ValidationFailed):
    code = "text.blank"


class TextTooLong(ValidationFailed):
    code = "text.too_long"


def refuse_invalid_characters(value: str, pointer: str) -> None:
    if "\0" in value:
        raise TextInvalidCharacter(
            "The text contains a NUL character (U+0000), which cannot be stored. Remove it.", pointer=pointer
        )
    if not value.isascii() and _LONE_SURROGATE.search(value):
        raise TextInvalidCharacter(
            "The text contains half of a surrogate pair, which is no character. Send valid Unicode.", pointer=pointer
        )


def clean_text(value: object, *, pointer: str, max_length: int, trim: bool = True, blank: bool = False) -> str:
    """The text as it will be stored: checked, and trimmed unless white space belongs to it. Counts characters."""
    if not isinstance(value, str):
        raise TextInvalid("A text is needed here.", pointer=pointer)
    refuse_invalid_characters(value, pointer)
    stripped = value.strip()
    if not stripped and not blank:
        raise TextBlank("The text is empty. Write at least one visible character.", pointer=pointer)
    text = stripped if trim else value
    if len(text) > max_length:
        raise TextTooLong(
            f"The text has {len(text)} characters, but at most {max_length} are allowed. Shorten it.",
            pointer=pointer,
            details={"length": len(text), "max_length": max_length},
        )
    return text


def optional_text(value: object, *, pointer: str, max_length: int) -> str | None:
    return None if value is None else clean_text(value, pointer=pointer, max_length=max_length)
