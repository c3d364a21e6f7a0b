from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.targets import make_targets
from tests.support.people import People
from tests.support.served import Served

HERE = Path(__file__).parent
SIGNS_OUT = ("/v1/sessions/current", "/v1/sessions/others")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("api"))


@pytest.fixture
def admin_headers(served_people: People) -> dict[str, str]:
    return served_people.admin.headers


@pytest_asyncio.fixture(scope="session")
async def leavers(served: Served, served_people: People) -> dict[str, dict[str, str]]:
    """By the paths that sign somebody out, who may be: nobody else is, then."""
    return {path: (await served.desk.register(served_people.admin, "customer")).headers for path in SIGNS_OUT}


@pytest.fixture
def write_url(served: Served) -> str:
    return served.write_url


@pytest.fixture
def read_url(served: Served) -> str:
    return served.read_url


@pytest_asyncio.fixture(scope="session")
async def targets(served_people: People) -> dict[str, str]:
    return await make_targets(served_people)
