"""What every store of files keeps to: a folder, and a bucket of an S3-compatible store over HTTP."""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.errors import StoreUnavailable
from runtime.files.choose import open_file_store
from runtime.files.folder import FolderStore
from runtime.files.s3 import S3Store
from runtime.files.signature import Signer
from runtime.files.store import PIECE_BYTES, FileMissing, FileStore
from tests.support.s3 import BUCKET, KEY_ID, REGION, SECRET, S3Endpoint, s3_endpoint
from tests.unit.runtime.api import settings_of

CONTENT = bytes(range(256)) * (3 * PIECE_BYTES // 256) + b"the end"


def new_key() -> str:
    return secrets.token_hex(32)


def s3_store(endpoint: S3Endpoint, **changes: str) -> S3Store:
    values = {"key_id": KEY_ID, "secret": SECRET, "region": REGION, **changes}
    return S3Store(endpoint.url, BUCKET, "desk", Signer(**values))


@pytest_asyncio.fixture
async def endpoint() -> AsyncIterator[S3Endpoint]:
    async with s3_endpoint() as opened:
        yield opened


@pytest_asyncio.fixture(params=["folder", "s3"])
async def files(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FileStore]:
    if request.param == "folder":
        yield FolderStore(tmp_path / "attachments")
        return
    async with s3_endpoint() as opened:
        store = s3_store(opened)
        yield store
        await store.aclose()
        assert opened.refused == []


async def put(files: FileStore, key: str, content: bytes, pieces_of: int = 100_000) -> None:
    async with files.receive(key) as arriving:
        for start in range(0, len(content), pieces_of):
            await arriving.write(content[start : start + pieces_of])
        await arriving.keep()


async def read(files: FileStore, key: str, first: int, last: int) -> bytes:
    pieces = [piece async for piece in await files.open(key, first, last)]
    assert max(map(len, pieces)) <= PIECE_BYTES
    return b"".join(pieces)


async def test_a_file_comes_back_as_it_was(files: FileStore) -> None:
    key = new_key()
    await put(files, key, CONTENT)
    assert await read(files, key, 0, len(CONTENT) - 1) == CONTENT


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (5, 9), (PIECE_BYTES - 1, PIECE_BYTES), (len(CONTENT) - 7, len(CONTENT) - 1)]
)
async def test_a_part_of_it_is_just_that_part(files: FileStore, first: int, last: int) -> None:
    key = new_key()
    await put(files, key, CONTENT)
    assert await read(files, key, first, last) == CONTENT[first : last + 1]


async def test_nothing_can_be_read_before_it_is_kept_and_nothing_stays_of_what_was_not(files: FileStore) -> None:
    key = new_key()
    async with files.receive(key) as arriving:
        await arriving.write(CONTENT)
        with pytest.raises(FileMissing):
            await files.open(key, 0, 1)
    with pytest.raises(FileMissing):
        await files.open(key, 0, 1)


async def test_who_breaks_off_leaves_nothing(files: FileStore) -> None:
    key = new_key()
    with pytest.raises(RuntimeError):
        async with files.receive(key) as arriving:
            await arriving.write(CONTENT)
            raise RuntimeError("the caller went away")
    with pytest.raises(FileMissing):
        await files.open(key, 0, 1)


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(files: FileStore) -> None:
    key, kept = new_key(), new_key()
    await put(files, key, CONTENT)
    await put(files, kept, b"kept")
    for _ in range(2):
        await files.delete(key)
    with pytest.raises(FileMissing):
        await files.open(key, 0, 1)
    assert await read(files, kept, 0, 3) == b"kept"


async def test_a_file_that_is_shorter_than_it_should_be_is_missing(files: FileStore) -> None:
    key = new_key()
    await put(files, key, b"short")
    with pytest.raises((FileMissing, StoreUnavailable)):
        await read(files, key, 0, 10)


async def test_many_at_once(files: FileStore) -> None:
    keys = [new_key() for _ in range(12)]
    await asyncio.gather(*(put(files, key, key.encode() * 1_000) for key in keys))
    read_back = await asyncio.gather(*(read(files, key, 0, 63) for key in keys))
    assert read_back == [key.encode() for key in keys]


async def test_a_download_that_ends_early_holds_nothing_open(files: FileStore) -> None:
    key = new_key()
    await put(files, key, CONTENT)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        pieces = await files.open(key, 0, len(CONTENT) - 1)
        async for _piece in pieces:
            break
        await pieces.aclose()  # type: ignore[attr-defined]
    assert len(os.listdir("/proc/self/fd")) <= before + 2


async def test_files_are_for_their_owner_only_and_no_unfinished_one_stays(tmp_path: Path) -> None:
    files, key = FolderStore(tmp_path / "attachments"), new_key()
    await put(files, key, b"private")
    (found,) = [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]
    assert found.name == key
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o700


async def test_what_a_crash_left_is_deleted_with_the_key(tmp_path: Path) -> None:
    files, key = FolderStore(tmp_path), new_key()
    unfinished = tmp_path / key[:3] / f"{key}.part"
    unfinished.parent.mkdir()
    unfinished.write_bytes(b"half of")
    await files.delete(key)
    assert not unfinished.exists()


async def test_a_folder_that_cannot_be_written_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "attachments").write_text("a file is in the way")
    with pytest.raises(StoreUnavailable, match="attachment_store"):
        await put(FolderStore(tmp_path / "attachments"), new_key(), b"x")


async def test_a_bucket_holds_each_installation_apart(endpoint: S3Endpoint) -> None:
    key, store = new_key(), s3_store(endpoint)
    await put(store, key, b"x")
    assert endpoint.objects == {f"desk/{key}": b"x"}
    await store.aclose()


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"key_id": "AKIDUNKNOWN"}])
async def test_wrong_credentials_are_a_store_that_is_away(endpoint: S3Endpoint, wrong: dict[str, str]) -> None:
    store = s3_store(endpoint, **wrong)
    with pytest.raises(StoreUnavailable, match="403"):
        await put(store, new_key(), b"x")
    assert endpoint.objects == {} and len(endpoint.refused) == 1
    await store.aclose()


async def test_a_store_that_fails_or_is_not_there_is_away(endpoint: S3Endpoint) -> None:
    key, store = new_key(), s3_store(endpoint)
    await put(store, key, b"x")
    endpoint.broken = 500
    for asked in (put(store, new_key(), b"x"), read(store, key, 0, 0), store.delete(key)):
        with pytest.raises(StoreUnavailable, match="500"):
            await asked
    await store.aclose()
    nowhere = S3Store("http://127.0.0.1:9", BUCKET, "desk", Signer(KEY_ID, SECRET))
    with pytest.raises(StoreUnavailable, match="ConnectError"):
        await nowhere.delete(key)
    await nowhere.aclose()


async def test_the_settings_say_which_store(tmp_path: Path) -> None:
    assert isinstance(open_file_store(settings_of(attachment_folder=str(tmp_path))), FolderStore)
    s3 = {"s3_endpoint": "https://s3.example.com", "s3_bucket": BUCKET, "s3_key_id": KEY_ID, "s3_secret": SECRET}
    store = open_file_store(settings_of(**s3))
    assert isinstance(store, S3Store)
    await store.aclose()
