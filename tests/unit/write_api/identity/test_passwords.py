from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import bcrypt
import pytest

from domain.identity.passwords import normalise_password
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


@pytest.mark.parametrize(
    ("password", "other"), [("x" * 72, "x" * 73), ("x" * 200 + "a", "x" * 200 + "b"), ("a\0b", "a\0c")]
)
async def test_every_character_of_a_password_counts(hasher: PasswordHasher, password: str, other: str) -> None:
    stored = await hasher.hash(password)
    assert await hasher.matches(password, stored)
    assert not await hasher.matches(other, stored)


@pytest.mark.parametrize("password", ["short of old", "x" * 72])
async def test_older_hashes_still_match_and_are_outdated(hasher: PasswordHasher, password: str) -> None:
    older = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    assert await hasher.matches(password, older)
    assert not await hasher.matches(password + "x", older)
    assert hasher.is_outdated(older)
    assert not hasher.is_outdated(await hasher.hash(password))


async def test_other_costs_are_outdated(hasher: PasswordHasher) -> None:
    costlier = PasswordHasher(rounds=5)
    assert costlier.is_outdated(hasher.hash_now("correct horse"))
    costlier.close()


async def test_a_pepper_is_part_of_the_key_and_may_come_later(hasher: PasswordHasher) -> None:
    peppered, other = (PasswordHasher(rounds=4, pepper=pepper) for pepper in ("black", "white"))
    stored, before = peppered.hash_now("correct horse"), hasher.hash_now("correct horse")
    assert await peppered.matches("correct horse", stored)
    assert not await other.matches("correct horse", stored)
    assert not await hasher.matches("correct horse", stored)
    assert await peppered.matches("correct horse", before) and peppered.is_outdated(before)
    peppered.close()
    other.close()


async def test_too_many_waiting_are_turned_away(hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_WAITING", 3)
    results = await asyncio.gather(*(hasher.hash("correct horse") for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [str, str, str, ProblemError, ProblemError]
    assert await hasher.hash("correct horse")


async def test_an_accent_typed_in_two_parts_is_the_same_password(hasher: PasswordHasher) -> None:
    stored = await hasher.hash(normalise_password("caf\u00e9 society"))
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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness for each thread")
async def test_hashing_lets_others_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def checkpw(_: bytes, __: bytes) -> bool:
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return False

    hasher = PasswordHasher(rounds=4)
    monkeypatch.setattr("write_api.identity.passwords.bcrypt.checkpw", checkpw)
    await hasher.matches("correct horse", None)
    hasher.close()
    assert seen == [os.getpriority(os.PRIO_PROCESS, 0) + 10]
