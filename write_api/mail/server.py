"""Hands mails to a server by SMTP (RFC 5321), never in the clear to another machine."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import urlsplit

from runtime.mail_settings import MailSettings
from runtime.network import is_loopback
from write_api.mail.mail import Mail, MailNotSent

PORTS = {"smtp": 587, "smtps": 465}


class ServerMailer:
    """One connection a mail: they are few, and a kept one would be closed by the server between them."""

    def __init__(self, settings: MailSettings) -> None:
        address = urlsplit(settings.mail_server)
        self._host = address.hostname or ""
        self._port = address.port or PORTS[address.scheme]
        self._is_tls_from_the_start = address.scheme == "smtps"
        self._username = settings.mail_username
        self._password = settings.mail_password.get_secret_value()
        self._from = settings.mail_from
        self._timeout_s = settings.mail_timeout_ms / 1000

    async def send(self, mail: Mail) -> None:
        try:
            await asyncio.to_thread(self._send, mail)
        # What smtplib raises is among them.
        except OSError as error:
            raise MailNotSent(f"{self._host}:{self._port}: {error}") from error

    def _send(self, mail: Mail) -> None:
        message = mail.message()
        message["From"] = self._from
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=parseaddr(self._from)[1].rpartition("@")[2])
        # RFC 3834: no answer from somebody who is away, please.
        message["Auto-Submitted"] = "auto-generated"
        with self._connect() as server:
            if self._username:
                server.login(self._username, self._password)
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._is_tls_from_the_start:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            server.ehlo()
            if server.has_extn("starttls") or not is_loopback(self._host):
                server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server
