from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.cursors import MAX_CURSOR_LENGTH, CursorCodec, InvalidCursor

CODEC = CursorCodec("a secret of the tests, 32 bytes or more")
PAYLOAD = {"after": [17, "ä", None], "pit": "abc"}


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.none() | st.integers() | st.text()), st.text())
def test_what_was_encoded_is_decoded_under_the_same_binding(payload: dict[str, object], binding: str) -> None:
    assert CODEC.decode(CODEC.encode(payload, binding), binding) == payload


def test_a_cursor_can_stand_in_an_address_as_it_is() -> None:
    text = CODEC.encode({"x": "???>>>~~~"}, "b")
    assert text.replace("-", "").replace("_", "").isalnum() and text.isascii()


@pytest.mark.parametrize(
    ("binding", "codec"),
    [
        ("user-2|GET /v1/tickets", CODEC),
        ("user-1|GET /v1/tickets?status=open", CODEC),
        ("", CODEC),
        ("user-1|GET /v1/tickets", CursorCodec("another secret, also 32 bytes or more")),
    ],
)
def test_a_cursor_is_good_for_its_caller_and_query_only(binding: str, codec: CursorCodec) -> None:
    text = CODEC.encode(PAYLOAD, "user-1|GET /v1/tickets")
    with pytest.raises(InvalidCursor):
        codec.decode(text, binding)


def test_text_cannot_move_from_the_binding_into_the_payload() -> None:
    raw = base64.urlsafe_b64decode(CODEC.encode({}, "a{}") + "==")
    moved = raw[:16] + b"{}" + raw[16:]
    with pytest.raises(InvalidCursor):
        CODEC.decode(base64.urlsafe_b64encode(moved).decode().rstrip("="), "a")


def test_no_changed_byte_goes_unnoticed() -> None:
    raw = bytearray(base64.urlsafe_b64decode(CODEC.encode({"p": 1}, "b") + "=="))
    for index in range(len(raw)):
        changed = bytes(raw[:index]) + bytes([raw[index] ^ 1]) + bytes(raw[index + 1 :])
        with pytest.raises(InvalidCursor):
            CODEC.decode(base64.urlsafe_b64encode(changed).decode().rstrip("="), "b")


@pytest.mark.parametrize(
    "text", ["", "a", "abc", "====", "ü", "\ud800", "a b", "\x00", "e30", "a" * (MAX_CURSOR_LENGTH + 1)]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CODEC.decode(text, "b")
