from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity.email import DomainNameInvalid, EmailInvalid, normalise_domain, normalise_email
from domain.shared.errors import DomainError


@pytest.mark.parametrize(
    ("value", "email"),
    [
        (" Ada.Lovelace@Example.COM ", "ada.lovelace@example.com"),
        ("a+b@sub.example.co.uk", "a+b@sub.example.co.uk"),
        ("o'brien_1@ex-ample.net", "o'brien_1@ex-ample.net"),
        ("user@bücher.example", "user@bücher.example"),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com"),
    ],
)
def test_an_address_is_normalised(value: str, email: str) -> None:
    assert normalise_email(value) == email


@pytest.mark.parametrize(
    "value",
    [
        *("", "a", "@example.com", "a@", "a@b", "a@b@c.de", "a b@example.com", "a@exa mple.com", "a@.com", "a@x..com"),
        *("a@-x.com", "a@x-.com", "a,b@example.com", "<a@example.com>", "a@example.com\nBcc: b@example.com"),
        *("a\0@example.com", "\ud800@example.com", "x" * 65 + "@example.com", "a@" + "x" * 250 + ".com", " " * 16_000),
        *(None, 5, ["a@example.com"]),
    ],
)
def test_nothing_else_is_an_address(value: object) -> None:
    with pytest.raises(DomainError) as refusal:
        normalise_email(value)
    assert refusal.value.pointer == "/email"


@pytest.mark.parametrize(
    "value", ["localhost", "a b.com", "-a.com", "", "x" * 300 + ".com", None, "a.com/path", "\ud800.com"]
)
def test_a_domain_is_a_name_with_a_dot(value: object) -> None:
    assert normalise_domain(" Example.COM", "/domains/0") == "example.com"
    with pytest.raises(DomainNameInvalid):
        normalise_domain(value, "/domains/0")


@given(st.emails())
def test_real_addresses_are_kept_or_refused_but_never_changed_twice(value: str) -> None:
    try:
        email = normalise_email(value)
    except EmailInvalid:
        return
    assert normalise_email(email) == email
    assert email.encode()
