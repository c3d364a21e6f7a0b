"""The settings of the stack that `tidedesk up` runs here, for every other command that is typed beside it."""

from __future__ import annotations

import os
from pathlib import Path

PREFIX = "TIDEDESK_"
FILE_NAME = "env"
PROJECT = Path(__file__).resolve().parent.parent


def default_data_dir() -> Path:
    named = os.environ.get("TIDEDESK_DATA_DIR")
    return Path(named) if named else PROJECT / ".tidedesk"


def saved_variables(path: Path) -> dict[str, str]:
    """TIDEDESK_<NAME> -> value; empty without the file."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: value.strip("'") for name, separator, value in pairs if separator and name.startswith(PREFIX)}
