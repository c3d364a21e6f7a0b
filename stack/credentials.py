from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

SECRET_BYTES = 48


@dataclass(frozen=True)
class Credentials:
    """Made once per data folder: tokens that were handed out stay valid over a restart."""

    token_secret: str
    cursor_secret: str

    @classmethod
    def load_or_create(cls, path: Path) -> Credentials:
        if path.exists():
            return cls(**json.loads(path.read_text()))
        fresh = cls(*(secrets.token_urlsafe(SECRET_BYTES) for _ in range(2)))
        write_private(path, json.dumps(asdict(fresh), indent=2) + "\n")
        return fresh


def write_private(path: Path, text: str) -> None:
    """Replaces a file that only its owner may read, never leaving half of it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
