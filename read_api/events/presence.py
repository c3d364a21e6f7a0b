"""On which tickets somebody came, left, or began to type, for whoever listens now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from runtime.presence import CHANGES_KEPT, PresenceChange


class PresenceFeed:
    """Of each ticket the newest change. Whoever is too slow misses the others: those would be over anyway."""

    def __init__(self, kept: int = CHANGES_KEPT) -> None:
        self._kept = kept
        # By ticket, the newest last, with their numbers.
        self._changes: OrderedDict[str, tuple[int, PresenceChange]] = OrderedDict()
        # The number of the next.
        self.end = 0

    def note(self, changes: Iterable[PresenceChange]) -> None:
        for change in changes:
            self._changes[change.ticket_id] = (self.end, change)
            self._changes.move_to_end(change.ticket_id)
            self.end += 1
            if len(self._changes) > self._kept:
                self._changes.popitem(last=False)

    def since(self, place: int) -> list[PresenceChange]:
        found: list[PresenceChange] = []
        if place == self.end:
            return found
        for number, change in reversed(self._changes.values()):
            if number < place:
                break
            found.append(change)
        return found[::-1]
