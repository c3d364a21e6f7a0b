from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "common_passwords.txt.gz"


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Where they come from: data/README.md."""
    return frozenset(gzip.decompress(_FILE.read_bytes()).decode().split())
