from __future__ import annotations

from enum import Enum


class TicketPriority(str, Enum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """1 to 4: sorts by urgency where the names would sort by alphabet."""
        return list(TicketPriority).index(self) + 1


class TicketType(str, Enum):
    QUESTION = "question"
    INCIDENT = "incident"
    PROBLEM = "problem"
    TASK = "task"


class TicketChannel(str, Enum):
    API = "api"
    WEB = "web"
    EMAIL = "email"
    IMPORT = "import"
