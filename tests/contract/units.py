"""What the contract tests need from a unit of work, whoever implements it: the ports of the domain and a commit."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from domain.identity.repository import (
    ApiTokenRepository,
    CredentialStore,
    GroupRepository,
    OrganizationRepository,
    SessionRepository,
    UserRepository,
)
from domain.knowledge.repository import CategoryRepository, DocumentRepository
from domain.tickets.repository import AttachmentRepository, TicketFieldRepository, TicketRepository


class Users(UserRepository, CredentialStore, Protocol):
    """One repository keeps both."""


class AttachmentFiles(Protocol):
    async def expect(self, storage_key: str, at: datetime) -> None: ...


class Unit(Protocol):
    @property
    def tickets(self) -> TicketRepository: ...

    @property
    def ticket_fields(self) -> TicketFieldRepository: ...

    @property
    def attachments(self) -> AttachmentRepository: ...

    @property
    def attachment_files(self) -> AttachmentFiles: ...

    @property
    def documents(self) -> DocumentRepository: ...

    @property
    def categories(self) -> CategoryRepository: ...

    @property
    def users(self) -> Users: ...

    @property
    def groups(self) -> GroupRepository: ...

    @property
    def organizations(self) -> OrganizationRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...

    @property
    def api_tokens(self) -> ApiTokenRepository: ...

    async def commit(self) -> object: ...


class Units(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Unit]: ...
