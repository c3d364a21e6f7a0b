from __future__ import annotations

import unicodedata

from domain.shared.errors import ValidationFailed
from domain.shared.text import refuse_invalid_characters

MIN_PASSWORD_LENGTH = 8
# bcrypt reads no further; a longer one would be cut without a word.
MAX_PASSWORD_BYTES = 72


class PasswordInvalid(ValidationFailed):
    code = "password.invalid"


def validate_password(password: str, *, email: str, pointer: str = "/password") -> str:
    """The password in the form to hash (NFC). Its length counts, not its mix of characters (NIST 800-63B)."""
    refuse_invalid_characters(password, pointer)
    normalised = unicodedata.normalize("NFC", password)
    if len(normalised) < MIN_PASSWORD_LENGTH:
        raise PasswordInvalid(
            f"The password needs at least {MIN_PASSWORD_LENGTH} characters. A few words make a good one.",
            pointer=pointer,
        )
    if len(normalised.encode()) > MAX_PASSWORD_BYTES:
        raise PasswordInvalid(
            f"The password is longer than {MAX_PASSWORD_BYTES} bytes (UTF-8). Shorten it.", pointer=pointer
        )
    if normalised.lower() in (email, email.partition("@")[0]):
        raise PasswordInvalid("The password is the email address. Choose one that nobody can guess.", pointer=pointer)
    return normalised
