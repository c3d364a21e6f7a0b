from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.knowledge.errors import SlugInvalid, SlugReserved
from domain.knowledge.slug import MAX_SLUG_LENGTH, RESERVED, clean_slug, numbered_slug, slug_for, slugify

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Reset your password", "reset-your-password"),
        ("  Wi-Fi & VPN: how?  ", "wi-fi-vpn-how"),
        ("Größe ändern", "grosse-andern"),
        ("Łódź, Ørsted, Æsir", "lodz-orsted-aesir"),
        ("ﬁle № 5", "file-no-5"),
        ("গোপন নথি", ""),
        ("数据库 v2", "v2"),
        ("İSTANBUL", "istanbul"),
        (str(ID), f"document-{ID}"),
        (ID.hex.upper(), f"document-{ID.hex}"),
        ("Export!", "document-export"),
        ("Exports", "exports"),
    ],
)
def test_a_title_becomes_a_slug(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_a_title_without_latin_letters_gets_part_of_the_id() -> None:
    assert slug_for("গোপন নথি", ID) == "document-b302099a8057"
    assert slug_for("Hello", ID) == "hello"


def test_a_long_title_is_cut_between_words() -> None:
    slug = slugify("word " * 60)
    assert slug == "-".join(["word"] * 40)
    assert len(slugify("x" * 300)) == MAX_SLUG_LENGTH
    assert len(slugify("!" + "x" * 300)) == MAX_SLUG_LENGTH


@given(st.text(max_size=300), st.integers(2, 10**6))
def test_a_made_slug_is_a_valid_slug(title: str, number: int) -> None:
    slug = slug_for(title, ID)
    assert clean_slug(slug) == slug
    assert slugify(slug) == slug
    assert clean_slug(numbered_slug(slug, number)).endswith(f"-{number}")


@given(st.text(max_size=250))
def test_a_slug_is_safe_in_an_address(value: str) -> None:
    try:
        slug = clean_slug(value)
    except (SlugInvalid, SlugReserved):
        return
    assert re.fullmatch(r"[a-z0-9-]{1,200}", slug)


@pytest.mark.parametrize(
    "value", ["", "Upper", "a b", "-a", "a-", "a--b", "ä", "a/b", "a\n", "x" * 201, str(ID), ID.hex, None, 5]
)
def test_nothing_else_is_a_slug(value: object) -> None:
    with pytest.raises(SlugInvalid) as refusal:
        clean_slug(value)
    assert refusal.value.pointer == "/slug"


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_an_address_of_something_else_is_no_slug(slug: str) -> None:
    with pytest.raises(SlugReserved, match=f"'{slug}'") as refusal:
        clean_slug(slug)
    assert refusal.value.pointer == "/slug"
