from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from domain.identity.passwords import MAX_PASSWORD_BYTES
from write_api.identity.errors import too_many_passwords

T = TypeVar("T")

# How many sign-ins may wait for a thread: more than that would only time out.
MAX_WAITING = 256


class PasswordHasher:
    """bcrypt in a few threads: it releases the interpreter, and a flood of sign-ins cannot take all cores."""

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
            raise too_many_passwords()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)
        finally:
            self._waiting -= 1


def _matches(password: str, stored_hash: str) -> bool:
    # As `validate_password` gave it to be hashed.
    candidate = unicodedata.normalize("NFC", password).encode(errors="replace")
    fits = len(candidate) <= MAX_PASSWORD_BYTES
    # One that cannot be right is checked all the same: how long the answer takes tells nothing.
    right = bcrypt.checkpw(candidate if fits else b"too long", stored_hash.encode())
    return fits and right
