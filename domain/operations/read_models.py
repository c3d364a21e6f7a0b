from __future__ import annotations

from enum import Enum


class ReadModelName(str, Enum):
    """What can be searched and listed. A test holds that these are all that the projector writes."""

    TICKETS = "tickets"
    MESSAGES = "messages"
    ATTACHMENTS = "attachments"
    DOCUMENTS = "documents"
    DOCUMENT_DRAFTS = "document_drafts"
    DOCUMENT_VOTES = "document_votes"
    PEOPLE = "people"
    CATALOG = "catalog"
    HISTORY = "history"
    VIEWS = "views"
