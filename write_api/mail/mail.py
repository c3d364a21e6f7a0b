"""The port to the outside for mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    # May hold what only its reader should know.
    text: str = field(repr=False)

    def message(self) -> EmailMessage:
        message = EmailMessage()
        message["To"], message["Subject"] = self.to, self.subject
        # As it is: a link broken into lines is no use to whoever reads the source.
        message.set_content(self.text, cte="8bit")
        return message


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Raises MailNotSent."""


class MailNotSent(Exception):
    """With what the server or the disk said."""
