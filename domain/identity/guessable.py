"""What a guesser tries first: lists of common passwords, names that belong to the account, simple patterns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable

PRODUCT_WORDS = ("tidedesk", "helpdesk", "support", "password", "passphrase")
MIN_WORD_LENGTH = 3
# What has to be left when the words that anybody knows are taken away, and the fewest different characters.
MIN_OWN_LETTERS = 4
MIN_DIFFERENT_CHARACTERS = 5
MAX_REPEATED_LENGTH = 8
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
)
_RUNS = tuple(run * 2 for row in _ROWS for run in (row, row[::-1]))
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")


def is_guessable(password: str, *, known_words: Iterable[str], common: Container[str]) -> bool:
    folded = unicodedata.normalize("NFKC", password).casefold()
    return (
        folded in common
        # The year and the exclamation mark at the end are what everybody adds.
        or _EDGES.sub("", folded) in common
        or len(set(folded)) < MIN_DIFFERENT_CHARACTERS
        or _repeats_itself(folded)
        or any(folded in run for run in _RUNS)
        or _is_made_of(folded, known_words)
    )


def words_of(*texts: str) -> list[str]:
    """Longest first, so that taking one away leaves no half of another."""
    words = {word for text in texts for word in (text.casefold(), *_WORD.findall(text.casefold()))}
    return sorted((word for word in words if len(word) >= MIN_WORD_LENGTH), key=len, reverse=True)


def _repeats_itself(text: str) -> bool:
    return any(text[length:] == text[:-length] for length in range(1, MAX_REPEATED_LENGTH + 1))


def _is_made_of(text: str, words: Iterable[str]) -> bool:
    left = text
    for word in words:
        left = left.replace(word, " ")
    return left != text and len(set(_LETTER.findall(left))) < MIN_OWN_LETTERS
