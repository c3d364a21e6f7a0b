from __future__ import annotations

import unicodedata
from collections.abc import Container

from domain.identity.guessable import PRODUCT_WORDS, is_guessable, words_of
from domain.shared.errors import ValidationFailed
from domain.shared.text import refuse_invalid_characters

# NIST SP 800-63B-4 for a password that is the only factor.
MIN_PASSWORD_LENGTH = 15
MAX_PASSWORD_LENGTH = 256


class PasswordInvalid(ValidationFailed):
    code = "password.invalid"


class PasswordTooCommon(ValidationFailed):
    code = "password.too_common"


def validate_password(
    password: str, *, email: str, name: str, common: Container[str], pointer: str = "/password"
) -> str:
    """The password in the form to hash. Its length counts and that nobody guesses it, not its mix of characters."""
    refuse_invalid_characters(password, pointer)
    normalised = normalise_password(password)
    if not MIN_PASSWORD_LENGTH <= len(normalised) <= MAX_PASSWORD_LENGTH:
        raise PasswordInvalid(
            f"The password needs {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters. Take a few words.",
            pointer=pointer,
        )
    if is_guessable(normalised, known_words=words_of(email, name, *PRODUCT_WORDS), common=common):
        raise PasswordTooCommon(
            "This password is one of the first that a guesser tries. Take a few words that do not belong together.",
            pointer=pointer,
        )
    return normalised


def normalise_password(password: str) -> str:
    """Two ways to type one letter are one letter (NFC); nothing else is taken for the same."""
    return unicodedata.normalize("NFC", password)
