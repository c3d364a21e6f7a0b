from __future__ import annotations

from read_models.attachments import ATTACHMENTS
from read_models.catalog import CATALOG
from read_models.document_votes import DOCUMENT_VOTES
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS
from read_models.history import HISTORY
from read_models.messages import MESSAGES
from read_models.model import ReadModel
from read_models.people import PEOPLE
from read_models.tickets import TICKETS
from read_models.views import VIEWS

READ_MODELS: dict[str, ReadModel] = {
    model.name: model
    for model in (
        TICKETS,
        MESSAGES,
        ATTACHMENTS,
        DOCUMENTS,
        DOCUMENT_DRAFTS,
        DOCUMENT_VOTES,
        PEOPLE,
        CATALOG,
        VIEWS,
        HISTORY,
    )
}
