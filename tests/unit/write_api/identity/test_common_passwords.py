from __future__ import annotations

from domain.identity.passwords import MIN_PASSWORD_LENGTH
from write_api.identity.common_passwords import common_passwords


def test_the_list_has_common_words_and_long_ones() -> None:
    listed = common_passwords()
    assert {"password", "sunshine", "1qaz2wsx3edc4rfv"} <= listed
    assert len(listed) >= 10_000
    assert any(len(word) >= MIN_PASSWORD_LENGTH for word in listed)
    assert all(word == word.casefold() for word in listed)
