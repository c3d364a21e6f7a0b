from __future__ import annotations


class StackError(Exception):
    """Something a person has to fix: what is wrong in one sentence, and what to do about it."""

    def __init__(self, problem: str, fix: str, *, details: str = "") -> None:
        super().__init__(f"{problem} {fix}")
        self.problem = problem
        self.fix = fix
        self.details = details
