from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tickets.media_types import EXTENSIONS, KNOWN, MARKUP, sniffed
from tests.support.files import GIF, GZIP, HTML, JPEG, PDF, PNG, POLYGLOT, PROGRAM, SVG, zip_of

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64)
OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", None),
        (b"BM\x8a\x00\x00\x00\x00\x00\x00\x00\x8a\x00", "image/bmp"),
        (b"BM is how this note begins", "text/plain"),
        (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00", "image/avif"),
        (b"\x00\x00\x00\x18ftypqt  \x00\x00", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00", "video/mp4"),
        (PDF, "application/pdf"),
        (GZIP, "application/gzip"),
        (zip_of(a="b"), "application/zip"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "application/x-7z-compressed"),
        (b"\xff\xfb\x90\x64\x00", "audio/mpeg"),
        (b"just words, ein paar W\xc3\xb6rter", "text/plain"),
        (b"also W\xf6rter of an older code page", "text/plain"),
        (b"\xff\xfe" + "PowerShell writes so".encode("utf-16-le"), "text/plain"),
        (b"<34>1 2026-01-31T09:30:00Z host app - a line of syslog", "text/plain"),
        (b"From: ada@example.com\r\n\r\n<html>quoted</html>", "text/plain"),
        (PROGRAM, None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x37", None),
    ],
)
def test_the_bytes_say_what_it_is(head: bytes, media_type: str | None) -> None:
    assert sniffed(head, "anything") == media_type


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (zip_of(a="b"), "plan.docx", f"{OFFICE}.wordprocessingml.document"),
        (zip_of(a="b"), "PLAN.XLSX", f"{OFFICE}.spreadsheetml.sheet"),
        (zip_of(a="b"), "plan.odt", "application/vnd.oasis.opendocument.text"),
        (zip_of(a="b"), "plan.docm", "application/zip"),
        (zip_of(a="b"), "tool.jar", "application/zip"),
        (b"a;b\n1;2\n", "table.csv", "text/csv"),
        (b'{"a": 1}', "answer.json", "application/json"),
        (b"From: ada@example.com\r\n", "mail.eml", "message/rfc822"),
        (COMPOUND, "letter.doc", "application/msword"),
        (COMPOUND, "mail.msg", "application/vnd.ms-outlook"),
        # Of the same form, but to be run.
        (COMPOUND, "setup.msi", None),
        (COMPOUND, "nameless", None),
    ],
)
def test_the_name_says_which_use_of_a_form_it_is(head: bytes, name: str, media_type: str | None) -> None:
    assert sniffed(head, name) == media_type


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.docx", "a.txt", "a"])
@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (SVG, "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- a comment --><svg onload="alert(1)"/>', "image/svg+xml"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'><svg>", "image/svg+xml"),
        (HTML, "text/html"),
        (b"\xef\xbb\xbf \r\n\t<HTML>", "text/html"),
        (b"<script>alert(1)</script>", "text/html"),
        (b"<!-- --><body onload=alert(1)>", "text/html"),
        (b"<math><mtext></math>", "text/html"),
        (b"\xff\xfe" + "<html>".encode("utf-16-le"), "text/html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "text/xml"),
        (b"<!DOCTYPE foo [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "text/xml"),
    ],
)
def test_what_a_browser_would_run_is_seen_whatever_it_is_called(content: bytes, media_type: str, name: str) -> None:
    assert sniffed(content, name) == media_type
    assert media_type in MARKUP and media_type not in KNOWN


def test_a_polyglot_is_what_its_first_bytes_say() -> None:
    assert sniffed(POLYGLOT, "page.html") == "image/gif"


@given(st.binary(max_size=300), st.text(max_size=20))
def test_whatever_comes_is_known_or_not_taken(head: bytes, name: str) -> None:
    assert sniffed(head, name) in {*EXTENSIONS, *MARKUP, None}
