from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from pydantic import BaseSettings, Field, SecretStr, root_validator


class MailSettings(BaseSettings):
    """The part of the settings that says how mails leave, and where their links lead."""

    mail_server: str = Field(
        default="",
        regex=r"^(smtps?://[^/?#@\s]+)?$",
        description="smtp://host:587 (STARTTLS, but for this machine) or smtps://host:465 that takes our mails",
    )
    mail_username: str = Field(default="", max_length=255, description="Account at mail_server, if it wants one")
    mail_password: SecretStr = Field(default="", description="Password of that account")
    mail_from: str = Field(
        default="",
        max_length=320,
        description="Sender of our mails, an address with or without a name; needed with mail_server",
    )
    mail_timeout_ms: int = Field(
        default=10_000, ge=100, le=120_000, description="Longest wait for a step of the mail server, ms"
    )
    mail_folder: str = Field(
        default="", description="Folder that mails are written to without mail_server; with neither, none are sent"
    )
    pages_url: str = Field(
        default="",
        regex=r"^(https?://[^/?#@\s]+)?$",
        description="Origin of the pages that links in mails lead to, no trailing /; public_url if empty",
    )

    @root_validator(skip_on_failure=True)
    def _complete_mail(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["mail_server"] and "@" not in parseaddr(values["mail_from"])[1]:
            raise ValueError("mail_server needs mail_from, an address such as Example Desk <desk@example.com>")
        if values["mail_username"] and not values["mail_password"].get_secret_value():
            raise ValueError("mail_username needs mail_password")
        return values
