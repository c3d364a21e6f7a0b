from __future__ import annotations

from enum import Enum


class TicketStatus(str, Enum):
    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"

    @property
    def is_resolved(self) -> bool:
        return self in (TicketStatus.SOLVED, TicketStatus.CLOSED)


_OPEN, _PENDING, _ON_HOLD = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD

# In the order in which a person is offered them.
TRANSITIONS: dict[TicketStatus, tuple[TicketStatus, ...]] = {
    TicketStatus.NEW: (_OPEN, _PENDING, _ON_HOLD, TicketStatus.SOLVED),
    TicketStatus.OPEN: (_PENDING, _ON_HOLD, TicketStatus.SOLVED),
    TicketStatus.PENDING: (_OPEN, _ON_HOLD, TicketStatus.SOLVED),
    TicketStatus.ON_HOLD: (_OPEN, _PENDING, TicketStatus.SOLVED),
    TicketStatus.SOLVED: (_OPEN, TicketStatus.CLOSED),
    TicketStatus.CLOSED: (),
}


def steps_to(current: TicketStatus, target: TicketStatus) -> list[TicketStatus]:
    """The shortest way through the table, without `current`; empty if there is none or nothing to do."""
    ways: dict[TicketStatus, list[TicketStatus]] = {current: []}
    queue = [current]
    for status in queue:
        for following in TRANSITIONS[status]:
            if following not in ways:
                ways[following] = [*ways[status], following]
                queue.append(following)
    return ways.get(target, [])
