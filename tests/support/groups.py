"""Which tests share a worker: each group has servers of its own, and the machine carries them once, not once a worker.

Their fixtures have the scope of the package, so that its servers end before the worker goes on with other tests.

By file, not by xdist's marks: xdist 3.8 writes those into ids that pytest 9.2 does not read any more.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/api/": "the APIs under generated requests",
    "tests/cluster/": "several nodes",
    "tests/deploy/test_containers.py": "what containers run",
    "tests/deploy/test_observability.py": "what containers run",
    "tests/docs/test_guides.py": "what the documentation says to type",
    "tests/docs/test_tutorial.py": "what the documentation says to type",
    # The faults keep all cores busy, and these tests look at the clock: one after the other.
    "tests/e2e/": "the three processes, whole and broken on purpose",
    "tests/faults/": "the three processes, whole and broken on purpose",
    "tests/frontend/test_in_a_browser.py": "pages in a browser",
    "tests/integration/kafka/": "a broker",
}


def group_of(nodeid: str) -> str:
    """Of a test by itself: its own name."""
    return next((group for beginning, group in GROUPS.items() if nodeid.startswith(beginning)), nodeid)


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """The largest groups first, each in one worker and in its order; then the others, one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
