from __future__ import annotations

from typing import Protocol
from uuid import UUID

from domain.knowledge.visibility import DocumentVisibility
from domain.shared.actor import Actor


class DocumentFacts(Protocol):
    @property
    def visibility(self) -> DocumentVisibility: ...

    @property
    def group_ids(self) -> frozenset[UUID]: ...


def may_read_published(actor: Actor | None, document: DocumentFacts) -> bool:
    if document.visibility is DocumentVisibility.PUBLIC:
        return True
    if actor is None:
        return False
    if document.visibility is DocumentVisibility.GROUPS:
        return actor.is_admin or (actor.is_staff and not actor.group_ids.isdisjoint(document.group_ids))
    return actor.is_staff or document.visibility is DocumentVisibility.CUSTOMERS


def may_read_draft(actor: Actor | None, document: DocumentFacts) -> bool:
    """What is being worked on, and every earlier version of the text."""
    return actor is not None and actor.is_staff and may_read_published(actor, document)


def may_write_documents(actor: Actor | None) -> bool:
    return actor is not None and actor.is_staff


def may_write_document(actor: Actor | None, document: DocumentFacts) -> bool:
    """Edit, submit, publish what is approved, unpublish, archive, restore."""
    return may_write_documents(actor) and may_read_draft(actor, document)


def may_review(actor: Actor | None, author_id: UUID) -> bool:
    """Approve or reject: an agent not the own draft, an admin also that."""
    return actor is not None and (actor.is_admin or (actor.is_staff and actor.user_id != author_id))


def may_manage_categories(actor: Actor | None) -> bool:
    return actor is not None and actor.is_staff
