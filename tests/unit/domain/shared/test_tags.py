from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.errors import DomainError, WrongValue
from domain.shared.tags import MAX_TAG_LENGTH, MAX_TAGS, TooManyTags, normalise_tags
from domain.shared.text import TextBlank, TextInvalid, TextTooLong


def test_tags_are_lower_case_trimmed_once_each_and_keep_their_order() -> None:
    assert normalise_tags([" VPN", "mac-os", "vpn ", "Ärger"]) == ("vpn", "mac-os", "ärger")


@pytest.mark.parametrize(
    ("values", "error", "pointer"),
    [
        ("vpn", WrongValue, "/tags"),
        ([1], TextInvalid, "/tags/0"),
        (["ok", " "], TextBlank, "/tags/1"),
        (["x" * (MAX_TAG_LENGTH + 1)], TextTooLong, "/tags/0"),
        ([str(number) for number in range(MAX_TAGS + 1)], TooManyTags, "/tags"),
    ],
)
def test_bad_tags_point_at_the_culprit(values: object, error: type[DomainError], pointer: str) -> None:
    with pytest.raises(error) as refusal:
        normalise_tags(values)
    assert refusal.value.pointer == pointer


def test_the_limits_themselves_are_allowed() -> None:
    assert len(normalise_tags([str(number) for number in range(MAX_TAGS)] * 2)) == MAX_TAGS
    assert normalise_tags(["x" * MAX_TAG_LENGTH]) == ("x" * MAX_TAG_LENGTH,)


@given(st.lists(st.text(max_size=70), max_size=80))
def test_normalising_is_idempotent_and_keeps_the_limits(values: list[str]) -> None:
    try:
        tags = normalise_tags(values)
    except DomainError:
        return
    assert normalise_tags(tags) == tags
    assert len(set(tags)) == len(tags) <= MAX_TAGS
    assert all(tag == tag.strip().lower() and 1 <= len(tag) <= MAX_TAG_LENGTH for tag in tags)
