from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support import embedded
from tests.support.groups import GroupScheduling
from tests.support.run import RUN_KEY, TestRun

pytest_plugins = [
    "tests.support.fixtures.stores",
    "tests.support.fixtures.projector",
    "tests.support.fixtures.apps",
    "tests.support.fixtures.people",
    "tests.support.fixtures.served",
    "tests.support.fixtures.house",
]


def pytest_configure(config: pytest.Config) -> None:
    worker_input: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker_input is None:
        run_dir = Path(tempfile.gettempdir()) / f"tidedesk-test-{secrets.token_hex(6)}"
        config.stash[RUN_KEY] = TestRun(run_dir, os.getpid())
    else:
        config.stash[RUN_KEY] = TestRun(Path(worker_input["tidedesk_run_dir"]), worker_input["tidedesk_owner_pid"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    run = node.config.stash[RUN_KEY]
    node.workerinput["tidedesk_run_dir"] = str(run.directory)
    node.workerinput["tidedesk_owner_pid"] = run.owner_pid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    return GroupScheduling(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(RUN_KEY, None)
    if run is not None and run.owner_pid == os.getpid():
        embedded.stop(run.directory)
