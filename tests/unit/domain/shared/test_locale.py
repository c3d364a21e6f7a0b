from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.locale import LocaleInvalid, normalise_locale, normalise_optional_locale


@pytest.mark.parametrize(
    ("given_locale", "locale"),
    [
        ("en", "en"),
        ("EN-us", "en-US"),
        ("pt-br", "pt-BR"),
        ("fr-CH", "fr-CH"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("ca-VALENCIA", "ca-valencia"),
        ("fil", "fil"),
    ],
)
def test_a_locale_gets_its_usual_letter_case(given_locale: str, locale: str) -> None:
    assert normalise_locale(given_locale) == locale


@pytest.mark.parametrize(
    "value", ["", "e", "english", "en_US", "en-", "en-US-x", "en\n", "１２", None, 5, "en-" + "a" * 40]
)
def test_nothing_else_is_a_locale(value: object) -> None:
    with pytest.raises(LocaleInvalid) as refusal:
        normalise_locale(value, "/names/x")
    assert refusal.value.pointer == "/names/x"


def test_an_optional_locale_may_be_none() -> None:
    assert normalise_optional_locale(None) is None
    assert normalise_optional_locale("DE") == "de"


@given(st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-[A-Za-z]{2})?(-[A-Za-z0-9]{5,8})?", fullmatch=True))
def test_normalising_is_idempotent(value: str) -> None:
    assert normalise_locale(normalise_locale(value)) == normalise_locale(value)
