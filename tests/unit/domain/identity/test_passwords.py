from __future__ import annotations

import pytest

from domain.identity.passwords import MAX_PASSWORD_LENGTH, PasswordInvalid, PasswordTooCommon, validate_password
from domain.shared.text import TextInvalidCharacter

EMAIL = "ada.lovelace@example.com"
COMMON = frozenset(("sunshine", "1qaz2wsx3edc4rfv"))


def checked(password: str, pointer: str = "/password") -> str:
    return validate_password(password, email=EMAIL, name="Augusta King", common=COMMON, pointer=pointer)


@pytest.mark.parametrize(
    "password",
    [
        "tidedesk-demo-2026",
        "correct horse battery staple",
        "314159265358979323",
        "\U0001f512\U0001f98a\U0001f40b\U0001f422\U0001f989" * 3 + "\U0001f512!?x",
        " spaces count  ",
        "passwords are for the birds",
        ("many words, " * 30)[:MAX_PASSWORD_LENGTH],
    ],
)
def test_length_is_what_counts_and_no_mix_of_characters(password: str) -> None:
    assert checked(password) == password


@pytest.mark.parametrize("password", ["", "x", "fourteen chars", "a b c d e f g " * 19])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    with pytest.raises(PasswordInvalid) as refusal:
        checked(password)
    assert refusal.value.pointer == "/password"


@pytest.mark.parametrize(
    "password",
    [
        *("1qaz2wsx3edc4rfv", "1QAZ2wsx3edc4rfv", "Sunshine!!202611", "\uff33unshine!!202611"),
        *("aaaaaaaaaaaaaaaa", "abababababababab", "passwordpassword", "stripes1stripes1stri"),
        *("abcdefghijklmnopqr", "123456789012345", "qwertyuiopasdfgh", "lkjhgfdsapoiuyt"),
        *(
            EMAIL,
            EMAIL.upper(),
            "Ada.Lovelace.2026",
            "adalovelaceadalovelace",
            "augusta-king-1815",
            "tidedesk-tidedesk",
        ),
        "TideDesk-Helpdesk-2026!",
    ],
)
def test_what_guessers_try_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooCommon) as refusal:
        checked(password)
    assert refusal.value.pointer == "/password"


@pytest.mark.parametrize("password", ["long password\0 here", "long password\ud800 here"])
def test_what_cannot_be_encoded_is_refused(password: str) -> None:
    with pytest.raises(TextInvalidCharacter) as refusal:
        checked(password, pointer="/new_password")
    assert refusal.value.pointer == "/new_password"


def test_two_spellings_of_one_letter_are_one_password() -> None:
    assert checked("cafe\u0301-au-lait at noon") == checked("caf\u00e9-au-lait at noon")
