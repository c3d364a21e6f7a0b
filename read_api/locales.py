"""Which locale of a document somebody reads (RFC 4647 lookup, then the language alone)."""

from __future__ import annotations

from collections.abc import Sequence

from read_models.analysis import LANGUAGE_ANALYZERS, UNDETERMINED

MAX_ACCEPTED = 10
# Whose inflections a query is searched with when nobody says.
DEFAULT_LANGUAGES = ("en",)


def accepted(header: str | None) -> tuple[str, ...]:
    """Locales of an Accept-Language header, best first. What cannot be read is left out: it is only a wish."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate((header or "")[:500].split(",")):
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter.strip())
        if tag and tag != "*" and weight > 0:
            weighed.append((-weight, place, tag.strip()))
    return tuple(tag for _, _, tag in sorted(weighed)[:MAX_ACCEPTED])


def choose(available: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The best available locale: the same, else a shorter one (`pt` for `pt-BR`), else another of the language."""
    by_tag = {locale.lower(): locale for locale in available}
    for tag in wanted:
        subtags = tag.lower().split("-")
        for length in range(len(subtags), 0, -1):
            same = by_tag.get("-".join(subtags[:length]))
            if same is not None:
                return same
        for known, locale in sorted(by_tag.items()):
            if known.split("-")[0] == subtags[0]:
                return locale
    return None


def languages(wanted: Sequence[str]) -> tuple[str, ...]:
    """Primary language subtags, each once."""
    return tuple(dict.fromkeys(tag.lower().split("-")[0] for tag in wanted))


def index_language(locale: str | None) -> str:
    """Under which language the index holds a text of this locale."""
    language = (locale or "").lower().split("-")[0]
    return language if language in LANGUAGE_ANALYZERS else UNDETERMINED


def _weight(parameter: str) -> float:
    if not parameter.startswith("q="):
        return 1.0
    try:
        return float(parameter[2:])
    except ValueError:
        return 0.0
