from __future__ import annotations

import hashlib
from dataclasses import dataclass

from domain.tickets.attachment_rules import AttachmentRules
from domain.tickets.errors import AttachmentEmpty
from domain.tickets.file_names import clean_file_name, name_for
from domain.tickets.media_types import HEAD_BYTES, sniffed


@dataclass(frozen=True)
class FileFacts:
    file_name: str
    media_type: str
    size_bytes: int
    sha256: bytes


class Inspection:
    """Looks at a file as it comes in, and refuses it as soon as it is wrong. Holds no more of it than its beginning."""

    def __init__(self, file_name: str, rules: AttachmentRules, room_bytes: int) -> None:
        self._file_name = clean_file_name(file_name)
        self._rules = rules
        self._room_bytes = room_bytes
        self._head = b""
        self._media_type: str | None = None
        self._size_bytes = 0
        self._digest = hashlib.sha256()

    def take(self, chunk: bytes) -> None:
        self._size_bytes += len(chunk)
        self._rules.refuse_too_large(self._size_bytes)
        self._rules.refuse_beyond_room(self._size_bytes, self._room_bytes)
        self._digest.update(chunk)
        if self._media_type is None:
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            if len(self._head) >= HEAD_BYTES:
                self._media_type = self._recognised()

    def finish(self) -> FileFacts:
        if self._size_bytes == 0:
            raise AttachmentEmpty
        media_type = self._media_type or self._recognised()
        return FileFacts(name_for(self._file_name, media_type), media_type, self._size_bytes, self._digest.digest())

    def _recognised(self) -> str:
        return self._rules.refuse_type(sniffed(self._head, self._file_name))
