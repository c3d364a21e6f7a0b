from __future__ import annotations

from domain.tickets.priority import TicketPriority


def test_priorities_rank_by_urgency() -> None:
    assert {priority.value: priority.rank for priority in TicketPriority} == {
        "low": 1,
        "normal": 2,
        "high": 3,
        "urgent": 4,
    }
