"""Where there is no mail server: mails become files."""

from __future__ import annotations

import asyncio
from pathlib import Path

from domain.shared.ids import uuid7
from write_api.mail.mail import Mail, MailNotSent


class FolderMailer:
    """One file a mail, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, mail: Mail) -> None:
        try:
            await asyncio.to_thread(self._write, mail)
        except OSError as error:
            raise MailNotSent(str(error)) from error

    def _write(self, mail: Mail) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{uuid7()}.eml"
        # Under another name until it is whole, so that whoever looks finds no half of it.
        unfinished = path.with_suffix(".part")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(bytes(mail.message()))
        unfinished.rename(path)
