from __future__ import annotations

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import IO

import httpx

from runtime.errors import StoreUnavailable
from runtime.files.signature import EMPTY_SHA256, Signer, encoded_path
from runtime.files.store import PIECE_BYTES, STORE, FileMissing
from runtime.files.threads import in_thread

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
MOST_CONNECTIONS = 64


class S3Store:
    """Objects of one bucket, addressed by path, as every S3-compatible store takes it.

    A file waits in a nameless temporary one until it is whole: so one request stores it, with its length and its
    digest, which the store checks; and of an upload that breaks off nothing is left, here or there.
    """

    def __init__(self, endpoint: str, bucket: str, prefix: str, signer: Signer) -> None:
        self._endpoint = endpoint
        self._host = httpx.URL(endpoint).netloc.decode()
        self._base = f"/{bucket}/{prefix}/"
        self._signer = signer
        self._client = httpx.AsyncClient(
            headers={"accept-encoding": "identity"},
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
            trust_env=False,
        )

    @asynccontextmanager
    async def receive(self, key: str) -> AsyncIterator[_Arriving]:
        with tempfile.TemporaryFile(buffering=PIECE_BYTES) as file:
            yield _Arriving(self, key, file)

    async def put(self, key: str, file: IO[bytes], size_bytes: int, sha256: str) -> None:
        headers = {"content-length": str(size_bytes), "content-type": "application/octet-stream"}
        response = await self._asked("PUT", key, headers, sha256, _pieces(file))
        await response.aclose()
        if response.status_code != 200:
            raise _refused(response)

    async def open(self, key: str, first: int, last: int) -> AsyncIterator[bytes]:
        response = await self._asked("GET", key, {"range": f"bytes={first}-{last}"})
        if response.status_code == 206:
            return _received(response, last - first + 1)
        await response.aclose()
        if response.status_code in (404, 416):
            raise FileMissing(key)
        raise _refused(response)

    async def delete(self, key: str) -> None:
        response = await self._asked("DELETE", key, {})
        await response.aclose()
        if response.status_code not in (200, 204, 404):
            raise _refused(response)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _asked(
        self,
        method: str,
        key: str,
        headers: dict[str, str],
        sha256: str = EMPTY_SHA256,
        content: AsyncIterator[bytes] | None = None,
    ) -> httpx.Response:
        path = self._base + key
        signed = self._signer.signed(
            method, path, {"host": self._host, **headers}, at=datetime.now(timezone.utc), content_sha256=sha256
        )
        request = self._client.build_request(
            method, self._endpoint + encoded_path(path), headers=signed, content=content
        )
        try:
            return await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise StoreUnavailable(STORE, f"{type(error).__name__}: {error}") from error


class _Arriving:
    def __init__(self, store: S3Store, key: str, file: IO[bytes]) -> None:
        self._store = store
        self._key = key
        self._file = file
        self._size_bytes = 0
        self._digest = hashlib.sha256()

    async def write(self, chunk: bytes) -> None:
        self._size_bytes += len(chunk)
        self._digest.update(chunk)
        await in_thread(lambda: self._file.write(chunk))

    async def keep(self) -> None:
        await in_thread(lambda: self._file.seek(0))
        await self._store.put(self._key, self._file, self._size_bytes, self._digest.hexdigest())


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := await in_thread(lambda: file.read(PIECE_BYTES)):
        yield piece


async def _received(response: httpx.Response, size_bytes: int) -> AsyncIterator[bytes]:
    try:
        async for piece in response.aiter_raw(PIECE_BYTES):
            size_bytes -= len(piece)
            yield piece
    except httpx.HTTPError as error:
        raise StoreUnavailable(STORE, f"{type(error).__name__}: {error}") from error
    finally:
        await response.aclose()
    if size_bytes != 0:
        raise StoreUnavailable(STORE, "a file ended too soon")


def _refused(response: httpx.Response) -> StoreUnavailable:
    """Wrong credentials, too: nothing that a caller of ours could put right."""
    return StoreUnavailable(STORE, f"it answered {response.status_code}")
