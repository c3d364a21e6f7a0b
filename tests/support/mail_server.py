"""A mail server of a test: keeps what it takes, and is as unhelpful as it is told to be."""

from __future__ import annotations

import asyncio
import base64
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser

ACCOUNT, PASSWORD = "desk", "a key for the letter box"


@dataclass
class MailServer:
    port: int = 0
    wants_account: bool = False
    refused: frozenset[str] = frozenset()
    mails: list[EmailMessage] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _say(writer, "220 letters.example.com")
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                self.heard.append(line)
                await _say(writer, await self._answer(line, reader, writer))
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _answer(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        if verb == "EHLO":
            return "250-letters.example.com\r\n250 AUTH PLAIN" if self.wants_account else "250 letters.example.com"
        if verb == "AUTH":
            given = base64.b64decode(rest.split()[1]).decode()
            return "235 come in" if given == f"\0{ACCOUNT}\0{PASSWORD}" else "535 who are you?"
        if verb == "RCPT":
            return "550 nobody here" if any(address in rest for address in self.refused) else "250 known"
        if verb == "DATA":
            await _say(writer, "354 go on")
            text = await reader.readuntil(b"\r\n.\r\n")
            self.mails.append(BytesParser(EmailMessage, policy=email.policy.default).parsebytes(text[:-3]))
        return "221 bye" if verb == "QUIT" else "250 done"


@asynccontextmanager
async def mail_server(
    *, wants_account: bool = False, refused: frozenset[str] = frozenset(), tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    kept = MailServer(wants_account=wants_account, refused=refused)
    server = await asyncio.start_server(kept.talk, "127.0.0.1", 0, ssl=tls)
    kept.port = server.sockets[0].getsockname()[1]
    async with server:
        yield kept


async def _say(writer: asyncio.StreamWriter, line: str) -> None:
    writer.write(f"{line}\r\n".encode())
    await writer.drain()
