"""Stores of the benchmarks' own, as the product starts them: same heap, same settings, durable."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness.addresses import Addresses
from stack.stores import Stores


@contextmanager
def own_stores(data_dir: Path, port_base: int, *, ephemeral: bool, keep: bool) -> Iterator[Addresses]:
    """Stopped at the end; their data goes too, unless a later run shall find it again."""
    stores = Stores(data_dir, port_base, ephemeral=ephemeral)
    try:
        stores.start()
        yield Addresses(stores.postgres_url, stores.redis_url, stores.elasticsearch_url)
    finally:
        stores.stop()
        if not keep:
            # A link where the servers' user may not enter the data folder.
            shutil.rmtree((data_dir / "stores").resolve(), ignore_errors=True)
            shutil.rmtree(data_dir, ignore_errors=True)
