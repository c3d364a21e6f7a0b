from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tickets.file_names import MAX_BYTES, clean_file_name, name_for
from domain.tickets.media_types import EXTENSIONS


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\calc.exe", "calc.exe"),
        ("/", "file"),
        ("..", "file"),
        ("", "file"),
        ("folder/..", "folder"),
        (".htaccess", "htaccess"),
        ("a.png\r\nSet-Cookie: x=1", "a.pngSet-Cookie_ x=1"),
        ("a\x00.png", "a.png"),
        # Turned around, it would read as photo.exe.png.
        ("photo\u202egnp.exe", "photognp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('<img src=x onerror="alert(1)">.png', "_img src=x onerror=_alert(1)__.png"),
        ("log.txt::$DATA", "log.txt__$DATA"),
        ("CON.txt", "_CON.txt"),
        ("aux", "_aux"),
        ("  two   words .txt  ", "two words .txt"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("\U0001f600 \u5199\u771f.png", "\U0001f600 \u5199\u771f.png"),
        ("half\ud800.txt", "half.txt"),
    ],
)
def test_a_name_is_only_a_name(said: str, clean: str) -> None:
    assert clean_file_name(said) == clean


def test_a_long_name_keeps_its_extension() -> None:
    clean = clean_file_name("\u5199" * 300 + ".jpeg")
    assert clean.endswith("\u5199.jpeg") and MAX_BYTES - 3 < len(clean.encode()) <= MAX_BYTES
    assert clean_file_name("x" * 300 + "." + "y" * 300) == "x" * MAX_BYTES


@pytest.mark.parametrize(
    ("name", "media_type", "called"),
    [
        ("stripes.png", "image/png", "stripes.png"),
        ("STRIPES.PNG", "image/png", "STRIPES.PNG"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("evil.html", "text/plain", "evil.html.txt"),
        ("run.sh", "text/plain", "run.sh.txt"),
        ("invoice.pdf.exe", "application/zip", "invoice.pdf.exe.zip"),
        ("no extension", "application/pdf", "no extension.pdf"),
        ("trace.log", "text/plain", "trace.log"),
    ],
)
def test_the_extension_says_what_the_file_is(name: str, media_type: str, called: str) -> None:
    assert name_for(name, media_type) == called


@given(st.text(max_size=400), st.sampled_from(sorted(EXTENSIONS)))
def test_no_name_is_dangerous(said: str, media_type: str) -> None:
    name = name_for(clean_file_name(said), media_type)
    assert 0 < len(name.encode()) <= MAX_BYTES
    assert not set(name) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name)
    assert name == name.strip(" .") and not name.startswith(".")
    assert name.lower().endswith(EXTENSIONS[media_type])
    assert name_for(clean_file_name(name), media_type) == name
