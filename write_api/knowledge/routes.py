from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from write_api.http.commands import Changing, Creating, Stepping
from write_api.http.documentation import changed, created, stepped
from write_api.http.route import CommandRoute
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
from write_api.knowledge.schemas import (
    ChangeDocumentBody,
    CreateDocumentBody,
    DocumentSaved,
    PublishBody,
    StepBody,
    WriteDraftBody,
)

NOTHING_SAID = PublishBody(locale=None, comment=None, publish_at=None)
router = APIRouter(prefix="/v1/documents", tags=["knowledge"], route_class=CommandRoute)


@router.post("", status_code=201, response_model=DocumentSaved, responses=created(409))
async def create_document(body: CreateDocumentBody, send: Creating) -> Response:
    """Writes a first draft. Readers see it when it was approved and published."""
    return await send(
        CreateDocument(
            title=body.title,
            body=body.body,
            locale=body.locale,
            category_id=body.category_id,
            visibility=body.visibility,
            group_ids=tuple(body.group_ids or ()),
            slug=body.slug,
            tags=tuple(body.tags or ()),
        )
    )


@router.patch("/{document_id}", response_model=DocumentSaved, responses=changed(409))
async def change_document(document_id: UUID, body: ChangeDocumentBody, send: Changing) -> Response:
    """Changes what all locales share. Texts are written with PUT draft."""
    return await send(ChangeDocument(document_id, body.changes()))


@router.put("/{document_id}/draft", response_model=DocumentSaved, responses=changed(409))
async def write_draft(document_id: UUID, body: WriteDraftBody, send: Changing) -> Response:
    """Writes a new draft, also in a new locale. What is published stays up until the draft is published."""
    return await send(WriteDraft(document_id, body.title, body.body, body.locale))


@router.post("/{document_id}/submit", response_model=DocumentSaved, responses=stepped())
async def submit_document(document_id: UUID, send: Stepping, body: StepBody | None = None) -> Response:
    """Hands the draft to a reviewer."""
    step = body or NOTHING_SAID
    return await send(SubmitDocument(document_id, step.locale, step.comment or ""))


@router.post("/{document_id}/approve", response_model=DocumentSaved, responses=stepped())
async def approve_document(document_id: UUID, send: Stepping, body: StepBody | None = None) -> Response:
    """Finds the draft good. An agent needs somebody else for that, an admin does not."""
    step = body or NOTHING_SAID
    return await send(ApproveDocument(document_id, step.locale, step.comment or ""))


@router.post("/{document_id}/reject", response_model=DocumentSaved, responses=stepped())
async def reject_document(document_id: UUID, send: Stepping, body: StepBody | None = None) -> Response:
    """Sends the draft back to its writer."""
    step = body or NOTHING_SAID
    return await send(RejectDocument(document_id, step.locale, step.comment or ""))


@router.post("/{document_id}/publish", response_model=DocumentSaved, responses=stepped())
async def publish_document(document_id: UUID, send: Stepping, body: PublishBody | None = None) -> Response:
    """Shows the approved draft to readers, now or at a later time."""
    step = body or NOTHING_SAID
    return await send(PublishDocument(document_id, step.locale, step.comment or "", step.publish_at))


@router.post("/{document_id}/unpublish", response_model=DocumentSaved, responses=stepped())
async def unpublish_document(document_id: UUID, send: Stepping, body: StepBody | None = None) -> Response:
    """Takes down what readers see, and calls off what is planned."""
    step = body or NOTHING_SAID
    return await send(UnpublishDocument(document_id, step.locale, step.comment or ""))


@router.post("/{document_id}/archive", response_model=DocumentSaved, responses=stepped())
async def archive_document(document_id: UUID, send: Stepping, body: StepBody | None = None) -> Response:
    """Takes the text down and puts it away."""
    step = body or NOTHING_SAID
    return await send(ArchiveDocument(document_id, step.locale, step.comment or ""))


@router.post("/{document_id}/restore", response_model=DocumentSaved, responses=stepped())
async def restore_document(document_id: UUID, send: Stepping, body: StepBody | None = None) -> Response:
    """Brings an archived text back as a draft."""
    step = body or NOTHING_SAID
    return await send(RestoreDocument(document_id, step.locale, step.comment or ""))
