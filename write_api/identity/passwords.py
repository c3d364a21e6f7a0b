from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from domain.shared.errors import ValidationFailed
from domain.shared.text import refuse_invalid_characters

T = TypeVar("T")

MIN_LENGTH = 8
# bcrypt refuses more, and its predecessors silently ignored the rest.
MAX_BYTES = 72
# How many sign-ins may wait for a thread: more than that would only time out.
MAX_WAITING = 256


class PasswordTooShort(ValidationFailed):
    code = "password.too_short"


class PasswordTooLong(ValidationFailed):
    code = "password.too_long"


class HasherBusy(Exception):
    """More passwords wait to be checked than the threads can check before their callers give up."""


def check_new_password(password: str, pointer: str = "/password") -> str:
    refuse_invalid_characters(password, pointer)
    if len(password) < MIN_LENGTH:
        raise PasswordTooShort(f"A password needs at least {MIN_LENGTH} characters.", pointer=pointer)
    if len(password.encode()) > MAX_BYTES:
        raise PasswordTooLong(f"A password may have at most {MAX_BYTES} bytes in UTF-8. Shorten it.", pointer=pointer)
    return password


class PasswordHasher:
    """bcrypt in a few threads of its own: it releases the interpreter, and a flood of sign-ins cannot take all cores."""

    def __init__(self, *, rounds: int = 12, threads: int = 2) -> None:
        self._rounds = rounds
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="bcrypt")
        self._waiting = 0
        # Checked when the user is unknown, so that the answer takes as long.
        self._nobodys_hash = self.hash_now("nobody has this password")

    def hash_now(self, password: str) -> str:
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._rounds)).decode()

    async def hash(self, password: str) -> str:
        return await self._run(self.hash_now, password)

    async def matches(self, password: str, stored_hash: str | None) -> bool:
        """False without a stored hash, but not sooner."""
        right = await self._run(_matches, password, stored_hash or self._nobodys_hash)
        return right and stored_hash is not None

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _run(self, function: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= MAX_WAITING:
            raise HasherBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)
        finally:
            self._waiting -= 1


def _matches(password: str, stored_hash: str) -> bool:
    candidate = password.encode(errors="replace")
    fits = len(candidate) <= MAX_BYTES
    # One that cannot be right is checked all the same: how long the answer takes tells nothing.
    right = bcrypt.checkpw(candidate if fits else b"too long", stored_hash.encode())
    return fits and right
