from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.fakes.identity import (
    MemoryApiTokenRepository,
    MemoryGroupRepository,
    MemoryOrganizationRepository,
    MemorySessionRepository,
    MemoryUserRepository,
)
from tests.support.fakes.knowledge import MemoryCategoryRepository, MemoryDocumentRepository
from tests.support.fakes.memory import MemoryStore, MemoryUnit
from tests.support.fakes.tickets import (
    MemoryAttachmentFiles,
    MemoryAttachmentRepository,
    MemoryTicketFieldRepository,
    MemoryTicketRepository,
)


class MemoryUnitOfWork:
    def __init__(self, store: MemoryStore) -> None:
        self._unit = MemoryUnit(store)
        self.tickets = MemoryTicketRepository(self._unit)
        self.attachments = MemoryAttachmentRepository(self._unit)
        self.attachment_files = MemoryAttachmentFiles()
        self.ticket_fields = MemoryTicketFieldRepository(self._unit)
        self.documents = MemoryDocumentRepository(self._unit)
        self.categories = MemoryCategoryRepository(self._unit)
        self.users = MemoryUserRepository(self._unit)
        self.groups = MemoryGroupRepository(self._unit)
        self.organizations = MemoryOrganizationRepository(self._unit)
        self.sessions = MemorySessionRepository(self._unit)
        self.api_tokens = MemoryApiTokenRepository(self._unit)

    async def commit(self) -> None:
        await self._unit.commit()


class MemoryUnitOfWorkFactory:
    def __init__(self) -> None:
        self.store = MemoryStore()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[MemoryUnitOfWork]:
        yield MemoryUnitOfWork(self.store)
