"""What strangers call their files, made into names that no system takes for anything else."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from domain.tickets.media_types import EXTENSIONS

# What file systems take, most of which count bytes.
MAX_BYTES = 255
MAX_EXTENSION_BYTES = 20
NAMELESS = "file"

# Controls, marks that turn the direction of writing, half surrogate pairs, and what is not assigned.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Windows takes none of them in a name; what is between slashes is a path.
_REPLACED = re.compile(r'[<>:"|?*]')
_SLASHES = re.compile(r"[/\\]")
# Names of devices there, whatever extension they have.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def clean_file_name(name: str) -> str:
    """The last part of it if it is a path, visible characters only."""
    visible = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) not in _DROPPED)
    last = next((part for part in reversed(_SLASHES.split(visible)) if part.strip(" .")), "")
    plain = " ".join(_REPLACED.sub("_", last).split()).strip(" .")
    if _DEVICES.fullmatch(plain):
        plain = f"_{plain}"
    return _shortened(plain, MAX_BYTES) or NAMELESS


def name_for(name: str, media_type: str) -> str:
    """A clean name that says what the file is: one opened from a folder is opened by its extension."""
    fitting = EXTENSIONS[media_type]
    if name.lower().endswith(fitting):
        return name
    return _shortened(name, MAX_BYTES - len(fitting[0])) + fitting[0]


def _shortened(name: str, max_bytes: int) -> str:
    """Cut between characters, and before the extension, which says what the file is."""
    encoded = name.encode()
    if len(encoded) <= max_bytes:
        return name
    extension = PurePosixPath(name).suffix.encode()
    if len(extension) > MAX_EXTENSION_BYTES:
        extension = b""
    return (encoded[: max_bytes - len(extension)]).decode(errors="ignore").rstrip(" .") + extension.decode()
