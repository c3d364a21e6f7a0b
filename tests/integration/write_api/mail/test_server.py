from __future__ import annotations

import asyncio
import datetime
import ipaddress
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from runtime.mail_settings import MailSettings
from tests.support.mail_server import ACCOUNT, PASSWORD, mail_server
from write_api.mail.mail import Mail, MailNotSent
from write_api.mail.server import ServerMailer

pytestmark = pytest.mark.integration

MAIL = Mail("ana@example.com", "Set a new password", "Hello Ana Ruíz,\n\nhttps://desk.example.com/#token=abc\n")


def mailer(port: int, scheme: str = "smtp", host: str = "127.0.0.1", **changes: object) -> ServerMailer:
    usual: dict[str, Any] = {"mail_from": "Example Desk <desk@example.com>", "mail_timeout_ms": 2_000}
    return ServerMailer(MailSettings(**{**usual, "mail_server": f"{scheme}://{host}:{port}", **changes}))


async def test_a_mail_arrives_as_it_was_written() -> None:
    async with mail_server() as server:
        await mailer(server.port).send(MAIL)
    [mail] = server.mails
    assert mail["To"] == "ana@example.com"
    assert mail["From"] == "Example Desk <desk@example.com>"
    assert mail["Subject"] == "Set a new password"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.com>") and mail["Date"]
    assert mail.get_content().replace("\r\n", "\n") == MAIL.text


async def test_with_an_account() -> None:
    async with mail_server(wants_account=True) as server:
        await mailer(server.port, mail_username=ACCOUNT, mail_password=PASSWORD).send(MAIL)
        with pytest.raises(MailNotSent, match="who are you"):
            await mailer(server.port, mail_username=ACCOUNT, mail_password="wrong").send(MAIL)
    assert len(server.mails) == 1


async def test_what_the_server_refuses_is_told_without_the_text() -> None:
    async with mail_server(refused=frozenset({"ana@example.com"})) as server:
        with pytest.raises(MailNotSent, match="nobody here") as raised:
            await mailer(server.port).send(MAIL)
    assert "token" not in str(raised.value)
    assert server.mails == []


async def test_nothing_goes_to_another_machine_in_the_clear() -> None:
    """0.0.0.0 leads here, but is none of the names that mean this machine."""
    async with mail_server() as server:
        with pytest.raises(MailNotSent, match="STARTTLS"):
            await mailer(server.port, host="0.0.0.0").send(MAIL)
    assert [line for line in server.heard if not line.upper().startswith(("EHLO", "QUIT"))] == []


async def test_a_server_that_says_nothing_is_not_waited_for_forever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(MailNotSent, match="timed out"):
            await asyncio.wait_for(mailer(silent.getsockname()[1], mail_timeout_ms=200).send(MAIL), 10)


async def test_encrypted_from_the_start_and_only_with_a_certificate_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certified(tmp_path)
    async with mail_server(tls=tls) as server:
        with pytest.raises(MailNotSent, match="certificate verify failed"):
            await mailer(server.port, "smtps").send(MAIL)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        await mailer(server.port, "smtps").send(MAIL)
    assert len(server.mails) == 1


def certified(folder: Path) -> ssl.SSLContext:
    """Of a server at 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "letters")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
