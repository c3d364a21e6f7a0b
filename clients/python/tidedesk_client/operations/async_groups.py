"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from ..async_transport import AsyncTransport
from .async_audit_queries import AsyncAuditQueries
from .async_events_queries import AsyncEventsQueries
from .async_identity_commands import AsyncIdentityCommands
from .async_identity_queries import AsyncIdentityQueries
from .async_knowledge_commands import AsyncKnowledgeCommands
from .async_knowledge_queries import AsyncKnowledgeQueries
from .async_operations_commands import AsyncOperationsCommands
from .async_operations_queries import AsyncOperationsQueries
from .async_search_queries import AsyncSearchQueries
from .async_tickets_commands import AsyncTicketsCommands
from .async_tickets_queries import AsyncTicketsQueries


class AsyncAudit(AsyncAuditQueries):
    """Of both APIs what concerns audit."""


class AsyncEvents(AsyncEventsQueries):
    """Of both APIs what concerns events."""


class AsyncIdentity(AsyncIdentityCommands, AsyncIdentityQueries):
    """Of both APIs what concerns identity."""


class AsyncKnowledge(AsyncKnowledgeCommands, AsyncKnowledgeQueries):
    """Of both APIs what concerns knowledge."""


class AsyncOperations(AsyncOperationsCommands, AsyncOperationsQueries):
    """Of both APIs what concerns operations."""


class AsyncSearch(AsyncSearchQueries):
    """Of both APIs what concerns search."""


class AsyncTickets(AsyncTicketsCommands, AsyncTicketsQueries):
    """Of both APIs what concerns tickets."""


class AsyncGroups:
    def __init__(self, transport: AsyncTransport) -> None:
        self.audit = AsyncAudit(transport)
        self.events = AsyncEvents(transport)
        self.identity = AsyncIdentity(transport)
        self.knowledge = AsyncKnowledge(transport)
        self.operations = AsyncOperations(transport)
        self.search = AsyncSearch(transport)
        self.tickets = AsyncTickets(transport)
