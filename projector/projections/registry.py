"""Which changes lead to which documents. A new read model is a module in this folder and a line here."""

from __future__ import annotations

from typing import Literal

from projector.projections.attachments import ATTACHMENTS_PROJECTION
from projector.projections.catalog import CATALOG_PROJECTION
from projector.projections.document_votes import DOCUMENT_VOTES_PROJECTION
from projector.projections.documents import DOCUMENT_DRAFTS_PROJECTION, DOCUMENTS_PROJECTION
from projector.projections.history import HISTORY_PROJECTION
from projector.projections.messages import MESSAGES_PROJECTION
from projector.projections.people import PEOPLE_PROJECTION
from projector.projections.projection import Projection
from projector.projections.tickets import BUCKET as TICKET_BUCKET
from projector.projections.tickets import TICKETS_PROJECTION
from projector.projections.views import VIEWS_PROJECTION

PROJECTIONS: dict[str, Projection] = {
    projection.name: projection
    for projection in (
        TICKETS_PROJECTION,
        MESSAGES_PROJECTION,
        ATTACHMENTS_PROJECTION,
        DOCUMENTS_PROJECTION,
        DOCUMENT_DRAFTS_PROJECTION,
        DOCUMENT_VOTES_PROJECTION,
        PEOPLE_PROJECTION,
        CATALOG_PROJECTION,
        VIEWS_PROJECTION,
        HISTORY_PROJECTION,
    )
}

# Of no aggregate: what measures how soon a write can be found.
SENTINEL = "sentinel"

PROJECTIONS_BY_AGGREGATE: dict[str, tuple[Projection, ...]] = {
    "message": (MESSAGES_PROJECTION,),
    "attachment": (ATTACHMENTS_PROJECTION, HISTORY_PROJECTION),
    "ticket": (TICKETS_PROJECTION, HISTORY_PROJECTION),
    "document": (DOCUMENTS_PROJECTION, DOCUMENT_DRAFTS_PROJECTION, HISTORY_PROJECTION),
    # Of no events, so that nothing says who voted.
    "document_vote": (DOCUMENT_VOTES_PROJECTION,),
    "user": (PEOPLE_PROJECTION, HISTORY_PROJECTION),
    "group": (PEOPLE_PROJECTION, HISTORY_PROJECTION),
    "organization": (PEOPLE_PROJECTION, HISTORY_PROJECTION),
    "category": (CATALOG_PROJECTION, HISTORY_PROJECTION),
    "ticket_field": (CATALOG_PROJECTION, HISTORY_PROJECTION),
    "view": (VIEWS_PROJECTION, HISTORY_PROJECTION),
    # Of these only what happened is read.
    "session": (HISTORY_PROJECTION,),
    "api_token": (HISTORY_PROJECTION,),
    "ticket_move": (HISTORY_PROJECTION,),
    "operation": (HISTORY_PROJECTION,),
    "sign_in": (HISTORY_PROJECTION,),
    # Nothing that happens: a repair of a single line of history.
    "event": (HISTORY_PROJECTION,),
    SENTINEL: (TICKETS_PROJECTION,),
}

# Parts, and the aggregates whose versions they belong to.
ROOT_TYPES = {"message": "ticket", "attachment": "ticket"}

# What Redis keeps of an aggregate beside its applied version: its documents by id, or one label.
RedisCopy = Literal["documents", "label"]
REDIS_COPIES: dict[str, RedisCopy] = {
    "ticket": "documents",
    "document": "documents",
    "user": "label",
    "group": "label",
    "organization": "label",
    "category": "label",
    "ticket_field": "label",
    "view": "label",
}

# What the counters count an aggregate of table `t` under.
BUCKETS = {"ticket": TICKET_BUCKET}
