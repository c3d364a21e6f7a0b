"""A real Kafka for tests: given by the developer, or one of our own beside a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack import servers
from stack.errors import StackError
from stack.kafka import KafkaProcess
from stack.layout import Layout
from stack.ports import Ports
from stack.privileges import ServerUser
from stack.processes import stop_together
from stack.progress import Silent
from tests.support.free_ports import free_port_base

GIVEN = "TIDEDESK_TEST_KAFKA_SERVER"


def require_fetched() -> None:
    try:
        servers.kafka_libraries(ServerUser.choose(), lambda _: None)
    except StackError as error:
        pytest.skip(f"needs Kafka, which could not be fetched: {error}")


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Its address."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    require_fetched()
    layout = Layout.at(folder)
    layout.create()
    server = KafkaProcess(layout, Ports(free_port_base()), Silent())
    try:
        server.launch()
        server.wait()
        yield server.address
    finally:
        stop_together([server.process])
