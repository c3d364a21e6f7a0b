"""What a file is, by its bytes. What a caller says of it decides nothing, its name only between kinds of one form."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# As much of the beginning as any of the signatures, and the look for markup, need.
HEAD_BYTES = 4_096

_ZIP = "application/zip"
_TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

# Media type -> what its files are called; the first is added to a name that says something else.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp",),
    "image/tiff": (".tiff", ".tif"),
    "image/heic": (".heic", ".heif"),
    "image/avif": (".avif",),
    "application/pdf": (".pdf",),
    _ZIP: (".zip",),
    "application/gzip": (".gz", ".tgz"),
    "application/x-7z-compressed": (".7z",),
    "application/vnd.rar": (".rar",),
    f"{_OFFICE}.wordprocessingml.document": (".docx",),
    f"{_OFFICE}.spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}.presentationml.presentation": (".pptx",),
    f"{_OPEN_DOCUMENT}.text": (".odt",),
    f"{_OPEN_DOCUMENT}.spreadsheet": (".ods",),
    f"{_OPEN_DOCUMENT}.presentation": (".odp",),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.ms-powerpoint": (".ppt",),
    "application/vnd.ms-outlook": (".msg",),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/webm": (".webm", ".mkv"),
    "audio/mp4": (".m4a",),
    "audio/mpeg": (".mp3",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/wav": (".wav",),
    _TEXT: (".txt", ".log", ".conf", ".ini", ".yaml", ".yml", ".toml", ".sql", ".diff", ".patch", ".tsv"),
    "text/csv": (".csv",),
    "text/markdown": (".md",),
    "text/calendar": (".ics",),
    "application/json": (".json",),
    "message/rfc822": (".eml",),
}
KNOWN = frozenset(EXTENSIONS)

# Known only to be refused by name: a browser would run what is in them.
MARKUP = {"image/svg+xml": "an SVG image", "text/html": "an HTML page", "text/xml": "an XML document"}

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"avif": "image/avif"}
_BRANDS |= dict.fromkeys((b"heic", b"heix", b"mif1", b"msf1"), "image/heic")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# One form of file, several uses of it: which one it is, its name may say.
_BY_NAME: dict[str, tuple[str, ...]] = {
    _ZIP: tuple(kind for kind in EXTENSIONS if kind.startswith((_OFFICE, _OPEN_DOCUMENT))),
    _TEXT: ("text/csv", "text/markdown", "text/calendar", "application/json", "message/rfc822"),
}
_COMPOUND_BY_NAME = ("application/msword", *(kind for kind in EXTENSIONS if kind.startswith("application/vnd.ms-")))

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_TAGS = "html|head|body|script|style|title|iframe|object|embed|form|table|div|span|font|img|video|h1|h2|p|a|b|br|math"
_HTML = re.compile(rf"<(!doctype\s+html|!--|({_TAGS})[\s/>])".encode(), re.IGNORECASE)
_SVG = re.compile(rb"<(!doctype\s+)?svg[\s/>]", re.IGNORECASE)
_XML = re.compile(rb"<(\?|!doctype)", re.IGNORECASE)


def sniffed(head: bytes, file_name: str) -> str | None:
    """The media type of a file that begins so; None where nothing here knows it."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return _named(media_type, file_name)
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "image/bmp"
    if head.startswith(_COMPOUND):
        # Installers are of this form, too, so it is taken only for what a document is called.
        return _by_extension(_COMPOUND_BY_NAME, file_name)
    text = head.decode("utf-16", "ignore").encode() if head[:2] in _UTF_16 else head
    return None if _BINARY.search(text) else _markup(text) or _named(_TEXT, file_name)


def _named(media_type: str, file_name: str) -> str:
    return _by_extension(_BY_NAME.get(media_type, ()), file_name) or media_type


def _by_extension(media_types: tuple[str, ...], file_name: str) -> str | None:
    extension = PurePosixPath(file_name).suffix.lower()
    return next((media_type for media_type in media_types if extension in EXTENSIONS[media_type]), None)


def _markup(head: bytes) -> str | None:
    """Only the beginning counts: a mail or a log may well quote a page."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"<"):
        return None
    if _SVG.match(text) or (_XML.match(text) and _SVG.search(text)):
        return "image/svg+xml"
    if _HTML.match(text):
        return "text/html"
    return "text/xml" if _XML.match(text) else None
