"""A backup is a ZIP file: a manifest, rows of each table as COPY writes them, and the files of attachments."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from write_api.backup.content import Part
from write_api.backup.errors import BackupError

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files/"
UNFINISHED = ".part"
# Rows are text, which even the quickest level halves; higher ones take several times as long for a tenth more.
_LEVEL = 1


@dataclass(frozen=True)
class Manifest:
    taken_at: str
    # Of the schema, as Alembic calls it.
    revision: str
    parts: tuple[Part, ...]
    sequences: Mapping[str, int]
    files: int
    missing_files: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        saved = json.loads(text)
        if saved.pop("format") != FORMAT:
            raise BackupError(
                "This backup was made by a newer Tidedesk.", "Restore it with that version, or a later one."
            )
        parts = (Part(part["table"], tuple(part["columns"]), part["rows"]) for part in saved.pop("parts"))
        return cls(parts=tuple(parts), missing_files=tuple(saved.pop("missing_files")), **saved)


class NewArchive:
    """Under its name only when it is whole, and readable by its owner only: it has everything in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(path.name + UNFINISHED)

    def __enter__(self) -> NewArchive:
        try:
            descriptor = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise BackupError(
                f"{self._unfinished} cannot be written: {error.strerror}.", "Choose another place for the backup."
            ) from error
        self._file = os.fdopen(descriptor, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        return self

    @contextmanager
    def member(self, name: str, *, compressed: bool = True) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        # A table may have more than 4 GiB, and how many it has is not known before.
        with self._zip.open(info, "w", force_zip64=True) as member:
            yield member

    def finish(self, manifest: Manifest) -> int:
        """Answers how many bytes it has."""
        self._zip.writestr(MANIFEST, manifest.to_json())
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.rename(self._path)
        return self._path.stat().st_size

    def __exit__(self, *_: object) -> None:
        if not self._file.closed:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)


class Archive:
    """Raises BackupError where the file is none, or is damaged."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = Manifest.from_json(self._zip.read(MANIFEST))
        except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
            raise BackupError(
                f"{path} is not a whole backup of Tidedesk ({error}).", "Take another one, made by `tidedesk backup`."
            ) from error

    def require_undamaged(self) -> None:
        """Reads all of it once, so that nothing is half restored."""
        try:
            damaged = self._zip.testzip()
        except (OSError, zipfile.BadZipFile, EOFError) as error:
            damaged = str(error)
        if damaged is not None:
            raise BackupError(f"The backup is damaged at {damaged}.", "Nothing was restored; take another backup.")

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def files(self) -> list[str]:
        """Keys of the attachments that are in it."""
        return [name.removeprefix(FILES) for name in self._zip.namelist() if name.startswith(FILES)]

    def close(self) -> None:
        self._zip.close()
