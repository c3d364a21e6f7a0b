from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from domain.identity.passwords import normalise_password
from write_api.identity.errors import too_many_passwords

T = TypeVar("T")

# How many sign-ins may wait for a thread: more than that would only time out.
MAX_WAITING = 256
# bcrypt reads 72 bytes and stops at a NUL, so it gets 64 characters made of the whole password. Which key made them
# is written before the hash; a hash without that is an older one, of the password itself.
UNPEPPERED, PEPPERED = "hs384:", "hs384p:"
_FIXED_KEY = b"tidedesk password"
_BCRYPT_BYTES = 72
# Of 19: whoever reads or writes meanwhile goes first, and a sign-in still gets what they leave.
_NICENESS = 10


class PasswordHasher:
    """bcrypt in a few threads: it releases the interpreter, and a flood of sign-ins leaves the cores to others."""

    def __init__(self, *, rounds: int = 12, threads: int = 2, pepper: str = "") -> None:
        self._rounds = rounds
        self._keys = {UNPEPPERED: _FIXED_KEY, PEPPERED: pepper.encode()} if pepper else {UNPEPPERED: _FIXED_KEY}
        self._scheme = PEPPERED if pepper else UNPEPPERED
        self._executor = ThreadPoolExecutor(
            max_workers=threads, thread_name_prefix="bcrypt", initializer=_let_others_go_first
        )
        self._waiting = 0
        # Checked when the user is unknown, so that the answer takes as long.
        self._nobodys_hash = self.hash_now("nobody has this password")

    def hash_now(self, password: str) -> str:
        material = _material(self._keys[self._scheme], password)
        return self._scheme + bcrypt.hashpw(material, bcrypt.gensalt(self._rounds)).decode()

    async def hash(self, password: str) -> str:
        return await self._run(self.hash_now, password)

    async def matches(self, password: str, stored_hash: str | None) -> bool:
        """False without a stored hash, but not sooner."""
        right = await self._run(self._matches, password, stored_hash or self._nobodys_hash)
        return right and stored_hash is not None

    def is_outdated(self, stored_hash: str) -> bool:
        return not stored_hash.startswith(f"{self._scheme}$2b${self._rounds:02}$")

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

    def _matches(self, password: str, stored_hash: str) -> bool:
        for scheme, key in self._keys.items():
            if stored_hash.startswith(scheme):
                return bcrypt.checkpw(_material(key, password), stored_hash.removeprefix(scheme).encode())
        if not stored_hash.startswith("$"):
            # Of a pepper that is no longer there: nothing can be right, which must take as long.
            self._matches(password, self._nobodys_hash)
            return False
        return _matches_older(password, stored_hash)


def _let_others_go_first() -> None:
    """Linux has a niceness for each thread; elsewhere it would be that of the whole process."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)


def _material(key: bytes, password: str) -> bytes:
    said = normalise_password(password).encode(errors="replace")
    return base64.b64encode(hmac.new(key, said, hashlib.sha384).digest())


def _matches_older(password: str, stored_hash: str) -> bool:
    candidate = normalise_password(password).encode(errors="replace")
    fits = len(candidate) <= _BCRYPT_BYTES
    # One that cannot be right is checked all the same: how long the answer takes tells nothing.
    right = bcrypt.checkpw(candidate if fits else b"too long", stored_hash.encode())
    return fits and right
