from __future__ import annotations

import asyncio
from collections.abc import Iterator

import bcrypt
import pytest

from domain.identity.passwords import validate_password
from runtime.problems import ProblemError
from write_api.identity import passwords
from write_api.identity.passwords import PasswordHasher


@pytest.fixture(scope="module")
def hasher() -> Iterator[PasswordHasher]:
    hasher = PasswordHasher(rounds=4, threads=2)
    yield hasher
    hasher.close()


async def test_a_password_matches_its_hash_only(hasher: PasswordHasher) -> None:
    stored = await hasher.hash("correct horse")
    assert await hasher.matches("correct horse", stored)
    assert not await hasher.matches("correct house", stored)


async def test_nobody_matches_an_unknown_user(hasher: PasswordHasher) -> None:
    assert not await hasher.matches("nobody has this password", None)


@pytest.mark.parametrize("password", ["x" * 73, "\U0001f512" * 19, "\ud800", "a\0b", "x" * 1_000_000, ""])
async def test_no_password_breaks_the_check(hasher: PasswordHasher, password: str) -> None:
    assert not await hasher.matches(password, hasher.hash_now("correct horse"))


async def test_a_longer_password_does_not_match_its_first_72_bytes(hasher: PasswordHasher) -> None:
    stored = await hasher.hash("x" * 72)
    assert await hasher.matches("x" * 72, stored)
    assert not await hasher.matches("x" * 73, stored)


async def test_too_many_waiting_are_turned_away(hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 3)
    results = await asyncio.gather(*(hasher.hash("correct horse") for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [str, str, str, ProblemError, ProblemError]
    assert await hasher.hash("correct horse")


async def test_an_accent_typed_in_two_parts_is_the_same_password(hasher: PasswordHasher) -> None:
    stored = await hasher.hash(validate_password("caf\u00e9 society", email="a@example.com"))
    assert await hasher.matches("cafe\u0301 society", stored)


@pytest.mark.parametrize(("password", "known"), [("wrong horse", True), ("wrong horse", False), ("x" * 73, True)])
async def test_every_wrong_answer_costs_one_check(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch, password: str, known: bool
) -> None:
    stored = hasher.hash_now("correct horse") if known else None
    costs: list[bytes] = []
    check = bcrypt.checkpw

    def counting(candidate: bytes, stored_hash: bytes) -> bool:
        costs.append(stored_hash[:7])
        return check(candidate, stored_hash)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    assert not await hasher.matches(password, stored)
    assert costs == [b"$2b$04$"]
