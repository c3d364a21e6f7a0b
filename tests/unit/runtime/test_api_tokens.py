from __future__ import annotations

import uuid
from typing import Any

from runtime.api_tokens import (
    MAX_REMEMBERED,
    NOTED_EVERY_S,
    REMEMBERED_FOR_S,
    ApiTokenUses,
    KnownApiTokens,
    hash_of,
    is_api_token,
    new_api_token,
)
from runtime.principal import ApiTokenGrant, Principal
from runtime.redaction import REDACTED, redacted, without_secrets


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Line:
    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def ask(self, *arguments: Any) -> None:
        self.asked.append(arguments)


def principal() -> Principal:
    return Principal(uuid.uuid4(), "", None, ApiTokenGrant(uuid.uuid4(), frozenset({"read"})))


def test_a_token_is_long_random_and_known_by_its_beginning() -> None:
    tokens = {new_api_token() for _ in range(100)}
    assert len(tokens) == len({hash_of(token) for token in tokens}) == 100
    assert all(is_api_token(token) and len(token) == 47 for token in tokens)
    assert not is_api_token("eyJhbGciOiJIUzI1NiJ9.e30.x")
    assert len(hash_of("\ud800")) == 32


def test_whom_a_token_speaks_for_is_known_for_a_while() -> None:
    clock = Clock()
    known, token, who = KnownApiTokens(clock), new_api_token(), principal()
    assert known.find(token) is None
    known.remember(token, who)
    clock.now_s += REMEMBERED_FOR_S - 1
    assert known.find(token) is who
    clock.now_s += 1
    assert known.find(token) is None
    known.remember(token, who)
    known.forget(token)
    known.forget(token)
    assert known.find(token) is None


def test_memory_is_bounded() -> None:
    known, tokens, who = KnownApiTokens(), [new_api_token() for _ in range(MAX_REMEMBERED + 1)], principal()
    for token in tokens:
        known.remember(token, who)
    assert known.find(tokens[0]) is None
    assert known.find(tokens[1]) is who


def test_a_use_is_noted_once_a_minute_for_each_token() -> None:
    clock, line = Clock(), Line()
    uses = ApiTokenUses(line, "desk", clock)  # type: ignore[arg-type]
    first, second = uuid.uuid4(), uuid.uuid4()
    for token_id in (first, first, second, first):
        uses.note(token_id, 1_000.9)
    clock.now_s += NOTED_EVERY_S
    uses.note(first, 1_060.0)
    key = "desk:api-token-uses"
    assert line.asked == [
        ("HSET", key, str(first), "1000"),
        ("HSET", key, str(second), "1000"),
        ("HSET", key, str(first), "1060"),
    ]


def test_no_token_is_logged() -> None:
    token = new_api_token()
    assert without_secrets(token) == REDACTED
    assert token not in without_secrets(f"GET /v1/tickets?token={token} failed")
    assert token not in str(redacted({"detail": [token], "url": f"/x/{token}"}))
