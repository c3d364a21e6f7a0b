from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio

from tests.cluster.stack import ClusterStack, cluster_stack
from tests.faults.conftest import RESULTS, SEED_VARIABLE
from tests.faults.harness import Harness, Run
from tests.faults.reader import Reader
from tests.faults.report import Report
from tests.faults.scale import WHOLE, Scale, wanted_scale

HERE = Path(__file__).parent
# Eight servers start on what may be two busy cores.
TIMEOUT_S = 900
whole_only = pytest.mark.skipif(wanted_scale() is not WHOLE, reason="make faults")


class StartFault(Protocol):
    def __call__(self, name: str, reading: type[Reader] = Reader) -> AbstractAsyncContextManager[Run]: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="package")
def scale() -> Scale:
    return wanted_scale()


@pytest_asyncio.fixture(scope="package")
async def cluster() -> AsyncIterator[ClusterStack]:
    async with cluster_stack() as stack:
        yield stack


@pytest_asyncio.fixture(scope="package")
async def harness(cluster: ClusterStack, scale: Scale) -> AsyncIterator[Harness]:
    seed = int(os.environ.get(SEED_VARIABLE) or secrets.randbits(32))
    report = Report(seed, "whole cluster" if scale is WHOLE else "selection of the cluster")
    report.begin()
    opened = Harness(cluster, scale, report, RESULTS / "cluster")
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def fault(harness: Harness, request: pytest.FixtureRequest) -> StartFault:
    """`async with fault("what happens") as run:` — harm in the block, the oracle after it."""

    def start(name: str, reading: type[Reader] = Reader) -> AbstractAsyncContextManager[Run]:
        return harness.fault(name, test=request.node.name, reading=reading)

    return start
