"""The `q` grammar: words, "phrases", -not, field:value, field>value. Text in, data out: no store is known here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 256
MAX_TERMS = 32

_SPACE = re.compile(r"\s+")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9_.]*)(>=|<=|:|>|<)(?=[^\s:/>=<])")
_BARE = re.compile(r"[^\s\"]+")
_QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True)
class Word:
    text: str
    negated: bool = False


@dataclass(frozen=True)
class Phrase:
    text: str
    negated: bool = False


@dataclass(frozen=True)
class Comparison:
    field: str
    operator: str
    value: str
    negated: bool = False
    quoted: bool = False


@dataclass(frozen=True)
class Query:
    words: tuple[Word, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    # Something was typed, but nothing in it can be looked for (such as `!!!`): that finds nothing, not everything.
    unsearchable: bool = False

    @property
    def required_words(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words if not word.negated)

    @property
    def wanted_texts(self) -> tuple[str, ...]:
        """Words and phrases."""
        return (*self.required_words, *(phrase.text for phrase in self.phrases if not phrase.negated))

    @property
    def unwanted_texts(self) -> tuple[str, ...]:
        words = (word.text for word in self.words if word.negated)
        return (*words, *(phrase.text for phrase in self.phrases if phrase.negated))


class InvalidQuery(ValueError):
    """What is wrong with `q` (or a filter), in words for the person who typed it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def parse(text: str) -> Query:
    if len(text) > MAX_CHARACTERS:
        raise InvalidQuery("query_too_long", f"A query has at most {MAX_CHARACTERS} characters.")
    typed = text.translate(_QUOTES)
    words: list[Word] = []
    phrases: list[Phrase] = []
    comparisons: list[Comparison] = []
    position = 0
    terms = 0
    while position < len(typed):
        space = _SPACE.match(typed, position)
        if space:
            position = space.end()
            continue
        negated = typed[position] == "-" and position + 1 < len(typed) and not typed[position + 1].isspace()
        position += negated
        term, position = _term(typed, position, negated)
        terms += 1
        if terms > MAX_TERMS:
            raise InvalidQuery("query_too_long", f"A query has at most {MAX_TERMS} terms.")
        if isinstance(term, Comparison):
            comparisons.append(term)
        elif searchable(term.text):
            words.append(term) if isinstance(term, Word) else phrases.append(term)
    nothing = not (words or phrases or comparisons)
    return Query(tuple(words), tuple(phrases), tuple(comparisons), unsearchable=nothing and bool(typed.strip()))


def _term(typed: str, position: int, negated: bool) -> tuple[Word | Phrase | Comparison, int]:
    if typed[position] == '"':
        text, position = _quoted(typed, position)
        return Phrase(text, negated), position
    named = _FIELD.match(typed, position)
    if named:
        field, operator = named.group(1).lower(), named.group(2)
        if typed[named.end()] == '"':
            value, position = _quoted(typed, named.end())
            return Comparison(field, operator, value, negated, quoted=True), position
        bare = _BARE.match(typed, named.end())
        assert bare is not None  # the look-ahead of _FIELD saw its first character
        return Comparison(field, operator, bare.group(), negated), bare.end()
    bare = _BARE.match(typed, position)
    assert bare is not None
    return Word(bare.group(), negated), bare.end()


def _quoted(typed: str, position: int) -> tuple[str, int]:
    """The text from the quote at `position` to the next one, or to the end: half-typed phrases search too."""
    end = typed.find('"', position + 1)
    if end < 0:
        return typed[position + 1 :], len(typed)
    return typed[position + 1 : end], end + 1


def searchable(text: str) -> bool:
    """Whether an analyzer could find a token in it: a letter, a digit, or a pictograph such as an emoji."""
    return any(unicodedata.category(character)[0] in "LN" or _pictograph(character) for character in text)


def _pictograph(character: str) -> bool:
    return unicodedata.category(character) == "So"
