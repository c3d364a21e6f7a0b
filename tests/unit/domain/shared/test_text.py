from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.text import (
    TextBlank,
    TextInvalid,
    TextInvalidCharacter,
    TextTooLong,
    clean_text,
    optional_text,
)


def test_a_text_is_trimmed_unless_white_space_belongs_to_it() -> None:
    assert clean_text("  a b \n", pointer="/t", max_length=9) == "a b"
    assert clean_text("  a b \n", pointer="/t", max_length=9, trim=False) == "  a b \n"


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["a"]])
def test_only_text_is_text(value: object) -> None:
    with pytest.raises(TextInvalid) as refusal:
        clean_text(value, pointer="/t", max_length=9)
    assert refusal.value.pointer == "/t"


@pytest.mark.parametrize("value", ["a\0b", "\0", "\ud83d", "\udc00 alone", "\ud83dx\ude00"])
def test_nul_and_lone_surrogates_are_refused(value: str) -> None:
    with pytest.raises(TextInvalidCharacter):
        clean_text(value, pointer="/t", max_length=99)


@pytest.mark.parametrize("value", ["", " ", "\n\t", "\u3000"])
def test_a_blank_text_is_refused_unless_allowed(value: str) -> None:
    with pytest.raises(TextBlank):
        clean_text(value, pointer="/t", max_length=9)
    assert clean_text(value, pointer="/t", max_length=9, blank=True) == ""


def test_length_counts_characters_after_trimming() -> None:
    assert clean_text(" " + "😀" * 5 + " ", pointer="/t", max_length=5) == "😀" * 5
    with pytest.raises(TextTooLong) as refusal:
        clean_text("😀" * 6, pointer="/t", max_length=5)
    assert refusal.value.details == {"length": 6, "max_length": 5}


def test_an_optional_text_may_be_none() -> None:
    assert optional_text(None, pointer="/t", max_length=5) is None
    assert optional_text(" a ", pointer="/t", max_length=5) == "a"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30))
def test_what_is_accepted_can_be_stored(value: str) -> None:
    try:
        text = clean_text(value, pointer="/t", max_length=20, trim=False)
    except (TextInvalidCharacter, TextBlank, TextTooLong):
        return
    assert text == value
    assert "\0" not in text and 1 <= len(text) <= 20
    assert text.encode("utf-8").decode("utf-8") == text
