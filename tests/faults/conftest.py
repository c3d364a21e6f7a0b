from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.harness import Harness, Run
from tests.faults.report import Report
from tests.faults.scale import WHOLE, Scale, wanted_scale
from tests.faults.stack import fault_stack
from tests.support.broker import require_fetched
from tests.support.database import ROOT

HERE = Path(__file__).parent
SEED_VARIABLE = "TIDEDESK_FAULTS_SEED"
RESULTS = ROOT / ".faults"
# The longest fault, the start of the stack, and a busy machine.
TIMEOUT_S = 900

StartFault = Callable[[str], AbstractAsyncContextManager[Run]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="package")
def scale() -> Scale:
    return wanted_scale()


@pytest_asyncio.fixture(scope="package")
async def harness(scale: Scale) -> AsyncIterator[Harness]:
    seed = int(os.environ.get(SEED_VARIABLE) or secrets.randbits(32))
    report = Report(seed, "whole" if scale is WHOLE else "selection")
    report.begin()
    async with fault_stack() as stack:
        opened = Harness(stack, scale, report, RESULTS)
        try:
            yield opened
        finally:
            await opened.close()


@pytest_asyncio.fixture(scope="package")
async def kafka_harness(harness: Harness, scale: Scale) -> AsyncIterator[Harness]:
    """On the same stack, with a broker beside it."""
    require_fetched()
    await harness.leave_arena()
    address = await harness.stack.start_broker()
    # The broker gives up a silent projector soon, so that a fault need not last.
    changes = {"transport": "kafka", "kafka_servers": (address,), "kafka_partitions": 8, "kafka_session_ms": 3_000}
    opened = Harness(harness.stack, scale, harness.report, RESULTS, **changes)
    try:
        yield opened
    finally:
        await opened.leave_arena()


@pytest.fixture
def kafka_fault(kafka_harness: Harness, request: pytest.FixtureRequest) -> StartFault:
    def start(name: str) -> AbstractAsyncContextManager[Run]:
        return kafka_harness.fault(name, test=request.node.name)

    return start


@pytest.fixture
def fault(harness: Harness, request: pytest.FixtureRequest) -> StartFault:
    """`async with fault("what happens") as run:` — harm in the block, the oracle after it."""

    def start(name: str) -> AbstractAsyncContextManager[Run]:
        return harness.fault(name, test=request.node.name)

    return start
