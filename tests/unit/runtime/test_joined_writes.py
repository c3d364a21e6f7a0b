from __future__ import annotations

import asyncio
from collections.abc import Iterable

from runtime.joined_writes import MOST_HELD_BYTES, JoinedWrites


class Socket(asyncio.Transport):
    """Remembers what came in one write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = False

    def writelines(self, list_of_data: Iterable[object]) -> None:
        assert not self.closed
        self.writes.append(b"".join(bytes(data) for data in list_of_data))  # type: ignore[call-overload]

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


async def test_what_comes_in_one_turn_is_one_write() -> None:
    socket = Socket()
    joined = JoinedWrites(socket, asyncio.get_running_loop())
    joined.write(b"head")
    joined.write(b"body")
    assert socket.writes == []
    await asyncio.sleep(0)
    assert socket.writes == [b"headbody"]


async def test_a_head_whose_body_is_not_there_yet_does_not_wait_for_it() -> None:
    socket = Socket()
    joined = JoinedWrites(socket, asyncio.get_running_loop())
    joined.write(b"head")
    await asyncio.sleep(0)
    joined.write(b"first")
    await asyncio.sleep(0)
    assert socket.writes == [b"head", b"first"]


async def test_who_is_done_need_not_wait_for_the_end_of_the_turn() -> None:
    socket = Socket()
    joined = JoinedWrites(socket, asyncio.get_running_loop())
    joined.write(b"answer")
    joined.flush()
    joined.write(b"next")
    joined.flush()
    await asyncio.sleep(0)
    assert socket.writes == [b"answer", b"next"]


async def test_a_long_answer_is_not_kept() -> None:
    """The transport tells when its reader is slow; it can only count what it was given."""
    socket = Socket()
    joined = JoinedWrites(socket, asyncio.get_running_loop())
    piece = b"x" * 10_000
    for _ in range(100):
        joined.write(piece)
    assert sum(map(len, socket.writes)) >= 100 * len(piece) - MOST_HELD_BYTES
    assert max(map(len, socket.writes)) <= MOST_HELD_BYTES + len(piece)


async def test_what_was_written_goes_out_before_the_connection_is_closed() -> None:
    socket = Socket()
    joined = JoinedWrites(socket, asyncio.get_running_loop())
    joined.write(b"last words")
    joined.close()
    assert socket.writes == [b"last words"] and joined.is_closing()


async def test_nothing_is_written_to_a_closed_connection() -> None:
    socket = Socket()
    joined = JoinedWrites(socket, asyncio.get_running_loop())
    joined.write(b"too late")
    socket.close()
    await asyncio.sleep(0)
    assert socket.writes == []
