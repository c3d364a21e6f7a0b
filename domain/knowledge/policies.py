from __future__ import annotations

from uuid import UUID

from domain.knowledge.document import DocumentVisibility
from domain.shared.actor import Actor


def readable_visibilities(actor: Actor | None) -> frozenset[DocumentVisibility]:
    """Of published documents."""
    if actor is None:
        return frozenset({DocumentVisibility.PUBLIC})
    if actor.is_staff:
        return frozenset(DocumentVisibility)
    return frozenset({DocumentVisibility.PUBLIC, DocumentVisibility.CUSTOMERS})


def may_read_published(actor: Actor | None, visibility: DocumentVisibility) -> bool:
    return visibility in readable_visibilities(actor)


def may_read_drafts(actor: Actor | None) -> bool:
    return actor is not None and actor.is_staff


def may_write_documents(actor: Actor | None) -> bool:
    """Create, edit, submit, publish what is approved, unpublish, archive, restore."""
    return actor is not None and actor.is_staff


def may_review(actor: Actor | None, author_id: UUID) -> bool:
    """Approve or reject: an agent not the own draft, an admin also that."""
    return actor is not None and (actor.is_admin or (actor.is_staff and actor.user_id != author_id))


def may_manage_categories(actor: Actor | None) -> bool:
    return actor is not None and actor.is_staff
