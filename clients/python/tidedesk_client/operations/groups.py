"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from ..transport import Transport
from .audit_queries import AuditQueries
from .events_queries import EventsQueries
from .identity_commands import IdentityCommands
from .identity_queries import IdentityQueries
from .knowledge_commands import KnowledgeCommands
from .knowledge_queries import KnowledgeQueries
from .operations_commands import OperationsCommands
from .operations_queries import OperationsQueries
from .search_queries import SearchQueries
from .tickets_commands import TicketsCommands
from .tickets_queries import TicketsQueries


class Audit(AuditQueries):
    """Of both APIs what concerns audit."""


class Events(EventsQueries):
    """Of both APIs what concerns events."""


class Identity(IdentityCommands, IdentityQueries):
    """Of both APIs what concerns identity."""


class Knowledge(KnowledgeCommands, KnowledgeQueries):
    """Of both APIs what concerns knowledge."""


class Operations(OperationsCommands, OperationsQueries):
    """Of both APIs what concerns operations."""


class Search(SearchQueries):
    """Of both APIs what concerns search."""


class Tickets(TicketsCommands, TicketsQueries):
    """Of both APIs what concerns tickets."""


class Groups:
    def __init__(self, transport: Transport) -> None:
        self.audit = Audit(transport)
        self.events = Events(transport)
        self.identity = Identity(transport)
        self.knowledge = Knowledge(transport)
        self.operations = Operations(transport)
        self.search = Search(transport)
        self.tickets = Tickets(transport)
