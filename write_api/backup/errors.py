from __future__ import annotations


class BackupError(Exception):
    """What is wrong in one sentence, and what to do about it."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"{problem} {fix}")
