from __future__ import annotations

from runtime.errors import StoreUnavailable

STORE = "elasticsearch"


class SnapshotGone(StoreUnavailable):
    """The point in time that a cursor reads has been closed, or was kept by a node that is gone."""

    def __init__(self, reason: str) -> None:
        super().__init__(STORE, reason)


class NodeLost(StoreUnavailable):
    """The node that did it went away; another may have a copy of the same."""

    def __init__(self, reason: str) -> None:
        super().__init__(STORE, reason)
