"""One connection to Redis that all requests of a process share.

What is asked in the same turn of the event loop travels in one write, and its answers come back in one read: a pool
costs each question a connection of its own, a lock and two system calls.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import deque
from dataclasses import dataclass
from hashlib import sha1
from typing import Any, NamedTuple, Optional, Union, cast

import hiredis
from redis.asyncio.connection import parse_url
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, ResponseError, TimeoutError

from runtime.settings import Settings

Argument = Union[str, bytes, int]
Answer = asyncio.Future[Any]
_RUN_ID = re.compile(rb"\brun_id:(\w+)")
# A process that stood still (its machine did, or one turn of its event loop took long) has waited for nobody. So time
# is counted in looks at the clock: between two of them whatever has come is read, and only then is a server late.
LOOKS = 4


class Script(NamedTuple):
    text: str
    sha: str


@dataclass(eq=False)
class _Question:
    __slots__ = ("arguments", "answer", "asked_again", "sent_at_look")
    arguments: tuple[Argument, ...]
    # None: nobody waits for the answer.
    answer: Optional[Answer]
    asked_again: bool
    sent_at_look: int


class RedisLine:
    """Connects when first asked, and again when asked after a loss. Whatever waits at a loss fails."""

    def __init__(self, url: str, timeout_s: float = 1.0) -> None:
        self._address: dict[str, Any] = dict(parse_url(url))
        self._timeout_s = timeout_s
        self._scripts: dict[str, str] = {}
        # Of the server that answers, from the first answer on: after a restart it is another one.
        self.run_id = b""
        self.connects = 0
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._waiting: deque[_Question] = deque()

    def script(self, text: str) -> Script:
        """Every connection loads it first, so that asking for it by its hash always works."""
        script = Script(text, sha1(text.encode(), usedforsecurity=False).hexdigest())
        self._scripts[script.sha] = text
        return script

    def run(self, script: Script, keys: tuple[str, ...], *arguments: Argument) -> Answer:
        return self.ask("EVALSHA", script.sha, len(keys), *keys, *arguments)

    def ask(self, *arguments: Argument) -> Answer:
        """Sent at the end of this turn of the event loop, whether or not anybody awaits the answer."""
        loop = asyncio.get_running_loop()
        question = _Question(arguments, loop.create_future(), False, 0)
        connection = self._connection
        if connection is not None and not connection.lost:
            connection.send(question)
        else:
            self._waiting.append(question)
            if self._connecting is None:
                self._connecting = loop.create_task(self._connect())
        assert question.answer is not None
        return question.answer

    @property
    def unanswered(self) -> int:
        return len(self._waiting) + (0 if self._connection is None else self._connection.unanswered)

    async def aclose(self) -> None:
        if self._connecting is not None:
            self._connecting.cancel()
            # What it has opened by then is closed in the next turn of the event loop, or is a connection all the same.
            await asyncio.gather(self._connecting, return_exceptions=True)
            await asyncio.sleep(0)
        if self._connection is not None:
            await self._connection.close()

    async def _connect(self) -> None:
        try:
            # Every answer to the greeting has its own time; this is for a server that takes the connection and no more.
            connection, self.run_id = await asyncio.wait_for(self._open(), self._timeout_s)
        except (OSError, asyncio.TimeoutError, RedisError) as error:
            refused = TimeoutError if isinstance(error, (asyncio.TimeoutError, TimeoutError)) else ConnectionError
            _fail(self._waiting, refused(f"{type(error).__name__}: {error}"))
            return
        finally:
            self._connecting = None
        self._connection = connection
        self.connects += 1
        while self._waiting:
            connection.send(self._waiting.popleft())

    async def _open(self) -> tuple[_Connection, bytes]:
        connection = await self._connected()
        try:
            return connection, await self._greet(connection)
        except BaseException:
            connection.abort()
            raise

    async def _greet(self, connection: _Connection) -> bytes:
        for arguments in self._greeting():
            connection.send(_Question(arguments, None, False, 0))
        answer: Answer = connection.loop.create_future()
        connection.send(_Question(("INFO", "server"), answer, False, 0))
        found = _RUN_ID.search(await answer)
        if found is None:
            raise ConnectionError("the server does not say which run it is")
        return found[1]

    async def _connected(self) -> _Connection:
        loop, address = asyncio.get_running_loop(), self._address

        def connection() -> _Connection:
            return _Connection(loop, self._timeout_s, self._scripts)

        if "path" in address:
            return (await loop.create_unix_connection(connection, address["path"]))[1]
        # The class that the library would take for rediss:// is all that says so.
        secure = ssl.create_default_context() if "connection_class" in address else None
        host, port = address.get("host", "localhost"), address.get("port", 6379)
        return (await loop.create_connection(connection, host, port, ssl=secure))[1]

    def _greeting(self) -> list[tuple[Argument, ...]]:
        username, password, database = (self._address.get(name) for name in ("username", "password", "db"))
        greeting: list[tuple[Argument, ...]] = []
        if password:
            greeting.append(("AUTH", username or "default", password) if username else ("AUTH", password))
        if database:
            greeting.append(("SELECT", database))
        return greeting + [("SCRIPT", "LOAD", text) for text in self._scripts.values()]


class _Connection(asyncio.Protocol):
    def __init__(self, loop: asyncio.AbstractEventLoop, timeout_s: float, scripts: dict[str, str]) -> None:
        self.loop = loop
        self.lost = False
        self._between_looks_s = timeout_s / LOOKS
        self._looks = 0
        self._scripts = scripts
        self._reader = hiredis.Reader(replyError=_refusal)
        self._unwritten: list[bytes] = []
        self._asked: deque[_Question] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._gone: asyncio.Future[None] = loop.create_future()

    @property
    def unanswered(self) -> int:
        return len(self._asked)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asserted: the transports of uvloop are of no class of asyncio.
        self._transport = cast(asyncio.Transport, transport)

    def send(self, question: _Question) -> None:
        if not self._unwritten:
            self.loop.call_soon(self._write)
        # Its stub knows tuples of one only.
        self._unwritten.append(hiredis.pack_command(question.arguments))  # type: ignore[arg-type]
        question.sent_at_look = self._looks
        self._asked.append(question)
        if self._watch is None:
            self._watch = self.loop.call_later(self._between_looks_s, self._look_at_the_clock)

    def _write(self) -> None:
        unwritten, self._unwritten = self._unwritten, []
        if not self.lost:
            self._transport.write(b"".join(unwritten))

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        reader.feed(data)
        while (reply := reader.gets()) is not False:
            question = self._asked.popleft()
            answer = question.answer
            if answer is None or answer.done():
                continue
            if not isinstance(reply, Exception):
                answer.set_result(reply)
            elif str(reply).startswith("NOSCRIPT") and not question.asked_again:
                self._load_and_ask_again(question)
            else:
                _refuse(answer, reply)

    def _load_and_ask_again(self, question: _Question) -> None:
        """Somebody flushed the scripts of a server that runs on. Once: a script may be one that Redis cannot load."""
        text = self._scripts[str(question.arguments[1])]
        self.send(_Question(("SCRIPT", "LOAD", text), None, False, 0))
        question.asked_again = True
        self.send(question)

    def _look_at_the_clock(self) -> None:
        """A server that answers one question late answers all later ones later: the connection is of no more use."""
        self._watch = None
        if not self._asked:
            return
        self._looks += 1
        # The first of these looks came when the question was on its way for any part of the time between two.
        if self._looks - self._asked[0].sent_at_look <= LOOKS:
            self._watch = self.loop.call_later(self._between_looks_s, self._look_at_the_clock)
        else:
            self._end(TimeoutError("no answer in time"))
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(ConnectionError(f"connection lost: {error or 'closed by the server'}"))
        self._gone.set_result(None)

    def abort(self) -> None:
        self._end(ConnectionError("given up"))
        self._transport.abort()

    async def close(self) -> None:
        self._end(ConnectionError("closed"))
        self._transport.close()
        await self._gone

    def _end(self, error: Exception) -> None:
        self.lost = True
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        _fail(self._asked, error)


def connect_redis_line(settings: Settings) -> RedisLine:
    """Close it with `await line.aclose()`."""
    return RedisLine(settings.redis_url, settings.redis_timeout_ms / 1000)


def _fail(questions: deque[_Question], error: Exception) -> None:
    while questions:
        answer = questions.popleft().answer
        if answer is not None and not answer.done():
            _refuse(answer, error)


def _refuse(answer: Answer, error: Exception) -> None:
    answer.set_exception(error)
    # Seen: of questions that travelled together only the first failure is waited for.
    answer.exception()


def _refusal(message: str) -> Exception:
    return (BusyLoadingError if message.startswith("LOADING") else ResponseError)(message)
