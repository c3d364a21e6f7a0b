from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.people import People

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one worker: its three processes are enough for the machine."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def people(served_people: People) -> People:
    """Here everybody talks HTTP to the processes."""
    return served_people
