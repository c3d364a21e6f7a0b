from __future__ import annotations

import pytest

from domain.identity.passwords import MAX_PASSWORD_BYTES, PasswordInvalid, validate_password
from domain.shared.text import TextInvalidCharacter

EMAIL = "ada.lovelace@example.com"


@pytest.mark.parametrize(
    "password", ["12345678", "tidedesk-demo-2026", "x" * MAX_PASSWORD_BYTES, "😀" * 18, " spaces count "]
)
def test_length_is_what_counts(password: str) -> None:
    assert validate_password(password, email=EMAIL) == password


@pytest.mark.parametrize("password", ["", "1234567", "x" * (MAX_PASSWORD_BYTES + 1), "😀" * 19, "é" * 37])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    with pytest.raises(PasswordInvalid) as refusal:
        validate_password(password, email=EMAIL)
    assert refusal.value.pointer == "/password"


@pytest.mark.parametrize("password", [EMAIL, EMAIL.upper(), "Ada.Lovelace"])
def test_the_address_is_no_password(password: str) -> None:
    with pytest.raises(PasswordInvalid):
        validate_password(password, email=EMAIL)


@pytest.mark.parametrize("password", ["password\0", "password\ud800"])
def test_what_cannot_be_encoded_is_refused(password: str) -> None:
    with pytest.raises(TextInvalidCharacter) as refusal:
        validate_password(password, email=EMAIL, pointer="/new_password")
    assert refusal.value.pointer == "/new_password"


def test_two_spellings_of_one_letter_are_one_password() -> None:
    assert validate_password("cafe\u0301-au-lait", email=EMAIL) == validate_password("caf\u00e9-au-lait", email=EMAIL)
