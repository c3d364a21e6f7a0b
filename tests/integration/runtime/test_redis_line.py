from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
import uvloop
from redis.asyncio import Redis
from redis.exceptions import ConnectionError, ResponseError, TimeoutError

from runtime.redis_line import RedisLine
from tests.support.addresses import StoreAddresses

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def line(store_addresses: StoreAddresses) -> AsyncIterator[RedisLine]:
    opened = RedisLine(store_addresses.redis_url)
    yield opened
    await opened.aclose()


async def test_each_question_of_a_crowd_gets_its_own_answer(line: RedisLine) -> None:
    asked = [line.ask("ECHO", str(number)) for number in range(500)]
    assert [await answer for answer in asked] == [str(number).encode() for number in range(500)]


async def test_a_refusal_is_of_one_question_only(line: RedisLine) -> None:
    before, refused, after = line.ask("ECHO", "a"), line.ask("NO-SUCH-COMMAND"), line.ask("ECHO", "b")
    assert (await before, await after) == (b"a", b"b")
    with pytest.raises(ResponseError):
        await refused


async def test_who_goes_away_takes_no_answer_from_others(line: RedisLine) -> None:
    gone, stays = line.ask("ECHO", "a"), line.ask("ECHO", "b")
    gone.cancel()
    assert await stays == b"b"


async def test_a_script_that_the_server_does_not_know_is_loaded(line: RedisLine) -> None:
    await line.ask("PING")
    text = f"return {{KEYS[1], ARGV[1], '{secrets.token_hex(8)}'}}"
    answer = await line.run(line.script(text), ("key",), 7)
    assert answer[:2] == [b"key", b"7"]


async def test_a_script_that_cannot_be_loaded_is_refused_after_one_more_try(line: RedisLine) -> None:
    await line.ask("PING")
    with pytest.raises(ResponseError, match="NOSCRIPT"):
        await asyncio.wait_for(line.run(line.script("this is no Lua"), ()), 10)
    assert await line.ask("ECHO", "still there") == b"still there"


async def test_a_large_value_comes_back_whole(line: RedisLine) -> None:
    content = secrets.token_bytes(500_000)
    assert await line.ask("ECHO", content) == content


async def test_a_lost_connection_fails_who_waits_and_is_made_again(
    line: RedisLine, store_addresses: StoreAddresses
) -> None:
    number = await line.ask("CLIENT", "ID")
    waiting = line.ask("BLPOP", f"nothing:{secrets.token_hex(8)}", "0")
    async with Redis.from_url(store_addresses.redis_url) as redis:
        await redis.client_kill_filter(_id=str(number))
    with pytest.raises(ConnectionError):
        await waiting
    assert await line.ask("CLIENT", "ID") != number


async def test_with_the_first_answer_it_is_known_whose_it_is(line: RedisLine, store_addresses: StoreAddresses) -> None:
    assert line.run_id == b""
    await line.ask("PING")
    async with Redis.from_url(store_addresses.redis_url) as redis:
        assert line.run_id == (await redis.info("server"))["run_id"].encode()


async def test_the_database_of_the_address_is_used(store_addresses: StoreAddresses) -> None:
    other = RedisLine(store_addresses.redis_url.rpartition("/")[0] + "/1")
    assert b" db=1 " in await other.ask("CLIENT", "INFO")
    await other.aclose()


async def test_where_nobody_listens_every_question_fails_and_none_hangs() -> None:
    nobody = RedisLine("redis://127.0.0.1:1/0")
    for answer in [nobody.ask("PING") for _ in range(3)]:
        with pytest.raises(ConnectionError):
            await answer
    await nobody.aclose()


async def test_a_server_that_is_silent_is_left_after_the_time_out() -> None:
    lost = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(100):
            pass
        writer.close()
        lost.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    line = RedisLine(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", timeout_s=0.05)
    with pytest.raises(TimeoutError):
        await line.ask("PING")
    await asyncio.wait_for(lost.wait(), 5)
    await line.aclose()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_process_that_stood_still_has_not_waited_for_the_server(
    store_addresses: StoreAddresses, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def stand_still() -> list[bytes]:
        line = RedisLine(store_addresses.redis_url, timeout_s=0.2)
        await line.ask("PING")
        asked = line.ask("ECHO", "a")
        # A long turn of the event loop before it is written, and one before the answer is read.
        stop = time.monotonic() + 0.5
        asyncio.get_running_loop().call_soon(lambda: _compute_until(stop + 0.5))
        _compute_until(stop)
        answers = [await asked, await line.ask("ECHO", "b")]
        await line.aclose()
        return answers

    loop = new_loop()
    try:
        assert loop.run_until_complete(stand_still()) == [b"a", b"b"]
    finally:
        loop.close()


def _compute_until(moment: float) -> None:
    while time.monotonic() < moment:
        pass


async def test_a_closed_line_refuses_what_was_on_its_way(store_addresses: StoreAddresses) -> None:
    line = RedisLine(store_addresses.redis_url)
    await line.ask("PING")
    waiting = line.ask("BLPOP", f"nothing:{secrets.token_hex(8)}", "0")
    await line.aclose()
    with pytest.raises(ConnectionError):
        await waiting


def test_it_runs_on_the_event_loop_of_the_server(store_addresses: StoreAddresses) -> None:
    async def echo() -> bytes:
        line = RedisLine(store_addresses.redis_url)
        answer: bytes = await line.ask("ECHO", "a")
        await line.aclose()
        return answer

    loop = uvloop.new_event_loop()
    try:
        assert loop.run_until_complete(echo()) == b"a"
    finally:
        loop.close()


async def test_its_use_can_be_looked_up(line: RedisLine) -> None:
    assert (line.unanswered, line.connects) == (0, 0)
    asked = [line.ask("PING") for _ in range(3)]
    assert line.unanswered == 3
    await asyncio.gather(*asked)
    assert (line.unanswered, line.connects) == (0, 1)
    asked = [line.ask("PING") for _ in range(2)]
    assert (line.unanswered, line.connects) == (2, 1)
    await asyncio.gather(*asked)
