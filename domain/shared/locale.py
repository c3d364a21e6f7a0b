from __future__ import annotations

import re

from domain.shared.errors import ValidationFailed

MAX_LOCALE_LENGTH = 35
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*")


class LocaleInvalid(ValidationFailed):
    code = "locale.invalid"


def normalise_locale(value: object, pointer: str = "/locale") -> str:
    """BCP 47 in its usual letter case: en, pt-BR, zh-Hant-TW, ca-valencia."""
    if not isinstance(value, str) or len(value) > MAX_LOCALE_LENGTH or not _LOCALE.fullmatch(value):
        raise LocaleInvalid("This is not a locale. Use a language tag such as en, de or pt-BR.", pointer=pointer)
    language, *rest = value.split("-")
    return "-".join([language.lower(), *map(_subtag, rest)])


def _subtag(subtag: str) -> str:
    if len(subtag) == 4:
        return subtag.title()
    return subtag.upper() if len(subtag) < 4 else subtag.lower()


def normalise_optional_locale(value: object, pointer: str = "/locale") -> str | None:
    return None if value is None else normalise_locale(value, pointer)
