from __future__ import annotations

from read_models.analysis import DATE, INTEGER, KEYWORD, STORED_ONLY
from read_models.model import IDENTITY_FIELDS, ReadModel

# What a requester may see of a ticket's history, beside the messages that are public themselves.
PUBLIC_EVENTS = ("TicketOpened", "TicketStatusChanged", "TicketSolved", "TicketReopened", "TicketClosed")

# One document per domain event of a ticket or knowledge document: written once, never changed.
# `audience` is public where the requester may see it, internal otherwise.
HISTORY = ReadModel(
    name="history",
    schema_version=1,
    fields={
        **IDENTITY_FIELDS,
        "aggregate_type": KEYWORD,
        "aggregate_id": KEYWORD,
        "ordinal": INTEGER,
        "type": KEYWORD,
        "audience": KEYWORD,
        "actor_id": KEYWORD,
        "data": STORED_ONLY,
        "occurred_at": DATE,
    },
)
