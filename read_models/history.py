from __future__ import annotations

from read_models.analysis import DATE, INTEGER, KEYWORD, STORED_ONLY, STORED_TEXT
from read_models.model import IDENTITY_FIELDS, ReadModel

# What a requester may see of a ticket's history, beside the messages that are public themselves.
PUBLIC_EVENTS = ("TicketOpened", "TicketStatusChanged", "TicketSolved", "TicketReopened", "TicketClosed")

# Types of aggregates, and failed sign-ins, whose events the audit log has.
AUDITED = (
    *("ticket", "view", "document", "category", "ticket_field", "user", "group", "organization"),
    *("session", "api_token", "ticket_move", "operation", "attachment", "sign_in"),
)

# One document per domain event and per failed sign-in: written once, never changed. The history of a ticket is one
# aggregate of it, the audit log is all of it.
# `audience` is public where the requester may see it, internal otherwise.
HISTORY = ReadModel(
    name="history",
    schema_version=3,
    fields={
        **IDENTITY_FIELDS,
        "aggregate_type": KEYWORD,
        "aggregate_id": KEYWORD,
        "ordinal": INTEGER,
        "type": KEYWORD,
        "audience": KEYWORD,
        "actor_id": KEYWORD,
        "data": STORED_ONLY,
        # Of a draft that was written: the version of the text, and the text, which nobody changes afterwards.
        "locale": KEYWORD,
        "number": INTEGER,
        "body": STORED_TEXT,
        "occurred_at": DATE,
        # For admins only.
        "ip_address": KEYWORD,
        "user_agent": STORED_TEXT,
        "session_id": KEYWORD,
        "api_token_id": KEYWORD,
        "request_id": KEYWORD,
    },
)
