from __future__ import annotations

from runtime.errors import StoreUnavailable

STORE = "elasticsearch"


class SnapshotGone(StoreUnavailable):
    """The point in time that a cursor reads has been closed, or the node that kept what was asked is gone."""

    def __init__(self, reason: str) -> None:
        super().__init__(STORE, reason)
