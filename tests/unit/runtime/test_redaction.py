from __future__ import annotations

from runtime.redaction import REDACTED, redacted


def test_secret_names_are_hidden_at_any_depth_and_in_any_case() -> None:
    event = {
        "Authorization": "Bearer abc",
        "headers": [{"Cookie": "id=1", "Set-Cookie": "id=1"}],
        "user": {"password": "p", "new_passwd": "p", "refresh_token": "r", "name": "Ana"},
        "X-Api-Key": "k",
        "client_secret": b"s",
    }
    assert redacted(event) == {
        "Authorization": REDACTED,
        "headers": [{"Cookie": REDACTED, "Set-Cookie": REDACTED}],
        "user": {"password": REDACTED, "new_passwd": REDACTED, "refresh_token": REDACTED, "name": "Ana"},
        "X-Api-Key": REDACTED,
        "client_secret": REDACTED,
    }


def test_secrets_inside_texts_are_hidden() -> None:
    text = "sent Bearer abc.def-ghi to postgresql://desk:hunter2@db/desk with eyJhbGciOi.eyJzdWIi.c2ln"
    shown = redacted(text)
    assert shown == f"sent Bearer {REDACTED} to postgresql://desk:{REDACTED}@db/desk with {REDACTED}"


def test_ordinary_values_stay_as_they_are() -> None:
    event = {"count": 3, "rate": 0.5, "ok": True, "nothing": None, "url": "http://desk:8000/x", "tags": ["a"]}
    assert redacted(event) == event


def test_what_is_nested_too_deeply_to_look_at_is_still_free_of_token_texts() -> None:
    value: object = {"x": "Bearer abcdef"}
    for _ in range(20):
        value = [value]
    assert "abcdef" not in str(redacted(value))
