"""Lines of a stream of bytes."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator


class Lines:
    """Only a line feed ends a line. For httpx U+2028 and others do, too, which JSON has within its strings."""

    def __init__(self) -> None:
        self._begun = b""

    def feed(self, piece: bytes) -> list[str]:
        """The lines that end with this piece, each with its line feed."""
        *whole, self._begun = (self._begun + piece).split(b"\n")
        return [f"{line.decode('utf-8')}\n" for line in whole]

    def rest(self) -> list[str]:
        return [self._begun.decode("utf-8")] if self._begun else []


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    splitter = Lines()
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.rest()


async def async_lines(pieces: AsyncIterable[bytes]) -> AsyncIterator[str]:
    splitter = Lines()
    async for piece in pieces:
        for line in splitter.feed(piece):
            yield line
    for line in splitter.rest():
        yield line
