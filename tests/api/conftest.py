from __future__ import annotations

import time
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.targets import make_targets
from tests.support.desk import ADMIN_EMAIL, Caller
from tests.support.people import People
from tests.support.served import Served

HERE = Path(__file__).parent
SIGNS_OUT = ("/v1/sessions/current", "/v1/sessions/others", "/v1/sso/logout")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


# A long run outlives the token that it began with.
RENEW_AFTER_S = 300


@pytest.fixture(scope="session")
def renewed(served_people: People) -> list[tuple[float, Caller]]:
    """The newest sign-in, and when it was."""
    return [(time.monotonic(), served_people.admin)]


@pytest_asyncio.fixture
async def admin_headers(served: Served, renewed: list[tuple[float, Caller]]) -> dict[str, str]:
    if time.monotonic() - renewed[-1][0] > RENEW_AFTER_S:
        renewed.append((time.monotonic(), await served.desk.sign_in(ADMIN_EMAIL)))
    return renewed[-1][1].headers


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
