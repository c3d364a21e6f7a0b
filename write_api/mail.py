"""The port to the outside for mail, and what stands there until there is a mail server: a folder."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

import structlog

from domain.shared.ids import uuid7

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    # May hold what only its reader should know.
    text: str = field(repr=False)


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None: ...


class FolderMailer:
    """One file a mail, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mail: Mail) -> None:
        await asyncio.to_thread(self._write, mail)

    def _write(self, mail: Mail) -> None:
        message = EmailMessage()
        message["To"], message["Subject"] = mail.to, mail.subject
        # As it is: a link broken into lines is no use to whoever reads the file.
        message.set_content(mail.text, cte="8bit")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{uuid7()}.eml"
        # Under another name until it is whole, so that whoever looks finds no half of it.
        unfinished = path.with_suffix(".part")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(bytes(message))
        unfinished.rename(path)


class NoMailer:
    async def send(self, mail: Mail) -> None:
        log.warning("mail_not_sent", subject=mail.subject, reason="mail_folder is not set")


def mailer_for(mail_folder: str) -> Mailer:
    return FolderMailer(Path(mail_folder)) if mail_folder else NoMailer()
