from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from runtime.errors import StoreUnavailable
from runtime.files.store import PIECE_BYTES, STORE, FileMissing
from runtime.files.threads import in_thread

# A file that is not whole yet.
UNFINISHED = ".part"


class FolderStore:
    """Files in a folder of this machine, readable by their owner only. What blocks runs in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def receive(self, key: str) -> AsyncIterator[_Arriving]:
        path = self._path(key)
        arriving = _Arriving(path, await in_thread(lambda: _created(path)))
        try:
            yield arriving
        finally:
            await in_thread(arriving.end)

    async def open(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        try:
            file = await in_thread(lambda: self._path(key).open("rb"))
            await in_thread(lambda: _require_bytes(file, first, last))
        except FileNotFoundError as error:
            raise FileMissing(key) from error
        return _pieces(file, last - first + 1)

    async def delete(self, key: str) -> None:
        await in_thread(lambda: _remove(self._path(key)))

    async def aclose(self) -> None:
        """There is nothing to close."""

    def _path(self, key: str) -> Path:
        # Folders of a thousandth of the files each: some file systems are slow with very many in one.
        return self._folder / key[:3] / key


class _Arriving:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._waiting = bytearray()

    async def write(self, chunk: bytes) -> None:
        self._waiting += chunk
        if len(self._waiting) >= PIECE_BYTES:
            await self._flush()

    async def keep(self) -> None:
        await self._flush()
        await in_thread(self._publish)

    def end(self) -> None:
        with suppress(OSError):
            self._file.close()
        _unfinished(self._path).unlink(missing_ok=True)

    async def _flush(self) -> None:
        waiting, self._waiting = self._waiting, bytearray()
        await in_thread(lambda: self._file.write(waiting))

    def _publish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        _unfinished(self._path).rename(self._path)
        # The name, too, has to outlive a loss of power.
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _created(path: Path) -> BinaryIO:
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open(os.open(_unfinished(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _remove(path: Path) -> None:
    for one in (path, _unfinished(path)):
        one.unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + UNFINISHED)


def _require_bytes(file: BinaryIO, first: int, last: int) -> None:
    if os.fstat(file.fileno()).st_size <= last:
        file.close()
        raise FileNotFoundError(file.name)
    file.seek(first)


async def _pieces(file: BinaryIO, left: int) -> AsyncIterator[bytes]:
    try:
        while left > 0:
            piece = await in_thread(lambda: file.read(min(PIECE_BYTES, left)))
            if not piece:
                raise StoreUnavailable(STORE, "a file ended too soon")
            left -= len(piece)
            yield piece
    finally:
        file.close()
