from __future__ import annotations


class SnapshotGone(Exception):
    """The point in time that a cursor reads has been closed."""
