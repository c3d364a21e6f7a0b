"""Where the bytes of attachments are. Keys are ours: random, and safe in a path and in an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

STORE = "attachment_store"
# What one transfer holds in memory at a time.
PIECE_BYTES = 262_144


class FileMissing(Exception):
    """Under this key there is no file, or no whole one."""


class Receiving(Protocol):
    """A file on its way in. Nobody can read it before `keep` has returned; without that it never was."""

    async def write(self, chunk: bytes) -> None: ...

    async def keep(self) -> None: ...


class FileStore(Protocol):
    """Each of these may raise StoreUnavailable."""

    def receive(self, key: str) -> AbstractAsyncContextManager[Receiving]: ...

    async def open(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        """The bytes from `first` to `last`, both included. Raises FileMissing before the first of them."""
        ...

    async def delete(self, key: str) -> None:
        """Also what an upload left of it that broke off; nothing at all is fine, too."""
        ...

    async def aclose(self) -> None: ...
