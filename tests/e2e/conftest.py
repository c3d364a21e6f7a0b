from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.people import People
from tests.support.served import Served

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    # Last, when every other test has left what it leaves in logs and tables.
    items.sort(key=lambda item: item.path == HERE / "test_no_secrets.py")


@pytest.fixture(autouse=True)
def nothing_unforeseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """An answer may look right while a process logs a traceback."""
    if "served" not in request.fixturenames:
        yield
        return
    served: Served = request.getfixturevalue("served")
    before = len(served.logged_errors())
    yield
    errors = served.logged_errors()[before:]
    assert not errors, "\n".join(errors)


@pytest.fixture(scope="session")
def people(served_people: People) -> People:
    """Here everybody talks HTTP to the processes."""
    return served_people
