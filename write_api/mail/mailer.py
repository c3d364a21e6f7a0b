"""Which way mails go, by the settings."""

from __future__ import annotations

from pathlib import Path

import structlog

from runtime.mail_settings import MailSettings
from write_api.mail.folder import FolderMailer
from write_api.mail.mail import Mail, Mailer
from write_api.mail.server import ServerMailer

log = structlog.get_logger(__name__)


class NoMailer:
    async def send(self, mail: Mail) -> None:
        log.warning("mail_not_sent", subject=mail.subject, reason="neither mail_server nor mail_folder is set")


def mailer_for(settings: MailSettings) -> Mailer:
    if settings.mail_server:
        return ServerMailer(settings)
    return FolderMailer(Path(settings.mail_folder)) if settings.mail_folder else NoMailer()
