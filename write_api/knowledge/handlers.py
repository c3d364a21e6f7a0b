from __future__ import annotations

from uuid import UUID

from domain.knowledge.document import Document
from domain.knowledge.errors import (
    DocumentForbidden,
    DocumentHiddenFromOneself,
    DocumentNotFound,
    SelfApprovalForbidden,
)
from domain.knowledge.policies import may_review, may_write_document, may_write_documents
from domain.knowledge.slug import slug_for
from domain.shared.ids import uuid7
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.knowledge.commands import (
    ApproveDocument,
    ArchiveDocument,
    ChangeDocument,
    CreateDocument,
    PublishDocument,
    RejectDocument,
    RestoreDocument,
    SubmitDocument,
    UnpublishDocument,
    WriteDraft,
)
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


async def create_document(command: CreateDocument, unit: UnitOfWork, context: Context) -> Outcome:
    if not may_write_documents(context.actor):
        raise DocumentForbidden("Only agents and admins write documents.")
    document_id = uuid7()
    slug = command.slug
    if slug is None:
        slug = await unit.documents.free_slug(slug_for(command.title, document_id))
    document = Document.create(
        id=document_id,
        title=command.title,
        body=command.body,
        locale=command.locale,
        author_id=context.actor.user_id,
        at=context.at,
        slug=slug,
        category_id=command.category_id,
        visibility=command.visibility,
        group_ids=command.group_ids,
        tags=command.tags,
    )
    _refuse_hiding_from_oneself(document, context)
    await unit.documents.add(document)
    outcome = Outcome.created(document, f"/v1/documents/{document.id}")
    return await unit.commit(_describing(outcome, document, None))


async def change_document(command: ChangeDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.change_metadata(command.changes, at=context.at)
    _refuse_hiding_from_oneself(document, context)
    return await _saved(document, None, unit)


async def write_draft(command: WriteDraft, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.edit_draft(
        command.locale, title=command.title, body=command.body, author_id=context.actor.user_id, at=context.at
    )
    return await _saved(document, command.locale, unit)


async def submit_document(command: SubmitDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.submit(command.locale, comment=command.comment, at=context.at)
    return await _saved(document, command.locale, unit)


async def approve_document(command: ApproveDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _reviewable(command, unit, context)
    document.approve(command.locale, comment=command.comment, at=context.at)
    return await _saved(document, command.locale, unit)


async def reject_document(command: RejectDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _reviewable(command, unit, context)
    document.reject(command.locale, comment=command.comment, at=context.at)
    return await _saved(document, command.locale, unit)


async def publish_document(command: PublishDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.publish(command.locale, comment=command.comment, publish_at=command.publish_at, at=context.at)
    return await _saved(document, command.locale, unit)


async def unpublish_document(command: UnpublishDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.unpublish(command.locale, comment=command.comment, at=context.at)
    return await _saved(document, command.locale, unit)


async def archive_document(command: ArchiveDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.archive(command.locale, comment=command.comment, at=context.at)
    return await _saved(document, command.locale, unit)


async def restore_document(command: RestoreDocument, unit: UnitOfWork, context: Context) -> Outcome:
    document = await _writable(command.document_id, unit, context)
    document.restore(command.locale, comment=command.comment, at=context.at)
    return await _saved(document, command.locale, unit)


async def _writable(document_id: UUID, unit: UnitOfWork, context: Context) -> Document:
    # Before it is loaded: whether it exists is nothing for them.
    if not may_write_documents(context.actor):
        raise DocumentForbidden("Only agents and admins change documents.")
    document = await unit.documents.get(document_id)
    if not may_write_document(context.actor, document):
        raise DocumentNotFound(document_id)
    context.expect_version_of(document)
    return document


async def _reviewable(command: ApproveDocument | RejectDocument, unit: UnitOfWork, context: Context) -> Document:
    document = await _writable(command.document_id, unit, context)
    if not may_review(context.actor, document.translation(command.locale).draft.author_id):
        raise SelfApprovalForbidden
    return document


def _refuse_hiding_from_oneself(document: Document, context: Context) -> None:
    if not may_write_document(context.actor, document):
        raise DocumentHiddenFromOneself


async def _saved(document: Document, locale: str | None, unit: UnitOfWork) -> Outcome:
    await unit.documents.save(document)
    return await unit.commit(_describing(Outcome.changed(document), document, locale))


def _describing(outcome: Outcome, document: Document, locale: str | None) -> Outcome:
    translation = document.translation(locale)
    return outcome.with_body(
        slug=document.slug,
        locale=translation.locale,
        status=translation.status,
        revision=translation.draft.number,
        publish_at=translation.publish_at,
    )


HANDLERS: Handlers = {
    CreateDocument: create_document,
    ChangeDocument: change_document,
    WriteDraft: write_draft,
    SubmitDocument: submit_document,
    ApproveDocument: approve_document,
    RejectDocument: reject_document,
    PublishDocument: publish_document,
    UnpublishDocument: unpublish_document,
    ArchiveDocument: archive_document,
    RestoreDocument: restore_document,
}
