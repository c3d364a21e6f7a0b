from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.stack import Stack
from tests.support.free_ports import free_port_base


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Not in pytest's own folders: those are closed to the user that the servers run as under root."""
    with tempfile.TemporaryDirectory(prefix="tidedesk-tutorial-") as folder:
        os.chmod(folder, 0o711)
        own = Stack(Path(folder) / "data", free_port_base())
        try:
            own.tidedesk("up", "--ephemeral", "--no-frontend", "--detach", "--port-base", str(own.port_base))
            yield own
        finally:
            own.tidedesk("down")
