"""How many answers that take long one caller, and all callers of a process, may have at a time."""

from __future__ import annotations

from collections import Counter

from runtime.problems import ProblemError

RETRY_AFTER_S = 10


class Slots:
    def __init__(self, what: str, code: str, *, per_caller: int, in_all: int) -> None:
        """`what`: as in "too many <what>"."""
        self._what = what
        self._code = code
        self._per_caller = per_caller
        self._in_all = in_all
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        return self._taken.total()

    def take(self, caller: str) -> None:
        if self._taken[caller] >= self._per_caller:
            raise self._refused(f"You have {self._per_caller} {self._what} open, and may not have more. Close one")
        if self.taken >= self._in_all:
            raise self._refused(f"All callers together have too many {self._what} open. Wait")
        self._taken[caller] += 1

    def free(self, caller: str) -> None:
        self._taken[caller] -= 1
        if self._taken[caller] <= 0:
            del self._taken[caller]

    def _refused(self, detail: str) -> ProblemError:
        return ProblemError(
            429,
            self._code,
            f"{detail}, then try again.",
            headers={"Retry-After": str(RETRY_AFTER_S)},
            extensions={"retry_after_s": RETRY_AFTER_S},
        )
