"""The digest of what a store really holds, from its bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

HEAD = '{"digest": "'
TAIL = ', "digest_high" : '
HEX_DIGITS = 32
_BODY_AT = len(HEAD) + HEX_DIGITS + len('", ')
_DECODER = json.JSONDecoder()
_SOURCE = '"_source":'


@dataclass
class DigestSum:
    """Number of digests, and the sums of their first and second 32 bits, which an index can tell of itself.

    Equal for equal sets; of two million documents and more Elasticsearch no longer adds up exactly.
    """

    count: int = 0
    high: int = 0
    low: int = 0

    def add(self, digest: str | bytes) -> None:
        high, low = halves(digest)
        self.include(DigestSum(1, high, low))

    def include(self, other: DigestSum) -> None:
        self.count += other.count
        self.high += other.high
        self.low += other.low


def halves(digest: str | bytes) -> tuple[int, int]:
    return int(digest[:8], 16), int(digest[8:16], 16)


@dataclass(frozen=True)
class Stored:
    """One document as Elasticsearch holds it; `digest` is None for a tombstone."""

    version: int
    digest: str | None


def digest_of(source: str) -> str | None:
    """md5 of the document without its digest, computed anew; where bytes were added or moved it fits nothing."""
    document, _, tail = source.rpartition(TAIL)
    if not document.startswith(HEAD):
        return None
    digest = hashlib.md5(("{" + document[_BODY_AT:] + "}").encode(), usedforsecurity=False).hexdigest()
    high, low = halves(digest)
    return digest if tail == f'{high}, "digest_low" : {low}}}' else None


def digest_in(source: bytes) -> bytes:
    """The digest that the document itself names."""
    return source[len(HEAD) : len(HEAD) + HEX_DIGITS]


def sources(answer: bytes) -> Iterator[tuple[dict[str, Any], str]]:
    """Each document that an `_mget` answer holds, parsed, and its source byte by byte."""
    text = answer.decode()
    position = text.index("[") + 1
    while text[position] != "]":
        document, end = _DECODER.raw_decode(text, position)
        if document.get("found"):
            # The source is the last member, and nothing before it can contain this text.
            yield document, text[text.index(_SOURCE, position) + len(_SOURCE) : end - 1]
        position = end + 1 if text[end] == "," else end


def stored_documents(answer: bytes) -> Iterator[tuple[str, Stored]]:
    for document, source in sources(answer):
        is_tombstone = document["_source"].get("deleted") is True
        yield document["_id"], Stored(document["_version"], None if is_tombstone else digest_of(source) or "")


def is_own(document: dict[str, Any], source: str, key: Sequence[str]) -> bool:
    """Whether the content is what the digest says, and the id what the content says: nobody else wrote it."""
    parsed = document["_source"]
    if parsed.get("deleted") is True:
        return True
    its_id = ":".join(str(parsed.get(name)) for name in key)
    digest = digest_of(source)
    return digest is not None and digest == parsed.get("digest") and its_id == document["_id"]
