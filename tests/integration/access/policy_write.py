from __future__ import annotations

from tests.integration.access.policy import ADMINS, EVERYBODY, SIGNED_IN, STAFF, UNSCOPED, Row, of_documents, of_tickets
from tests.support.files import PNG

MESSAGE = {"body": "Well.", "visibility": "public"}
NOTE = {"body": "Between us.", "visibility": "internal"}
TEXT = {"title": "A title", "body": "A body", "locale": "en"}
TICKET = {"subject": "Help", "body": "Please."}
VIEW = {"name": "Urgent", "query": {"priority": ["urgent"]}}
OF_GROUP = {**VIEW, "shared_with": "group"}
FEEDBACK = {"helpful": False, "comment": "And then?"}
CUSTOMER = {"name": "Somebody New", "email": "@new_email"}
API_TOKEN = {"name": "Nightly report", "scopes": ["tickets:read"]}
GOOD_PASSWORD = "a few words make a good one"

_FEEDBACK = "write POST /v1/documents/{document_id}/feedback"
WRITE = [
    Row(
        "write POST /v1/sessions",
        "wrong password",
        "401 401 401 401 401 401",
        body={"email": "@email", "password": "x"},
    ),
    Row("write POST /v1/sessions/refresh", "no such token", "401 401 401 401 401 401", body={"refresh_token": "x"}),
    Row("write GET /v1/sessions", "the own", SIGNED_IN),
    Row("write DELETE /v1/sessions/{session_id}", "another's", "401 404 404 404 404 in", {"session_id": "@session"}),
    Row("write DELETE /v1/sessions/{session_id}", "none", "401 404 404 404 404 404", {"session_id": "@nothing"}),
    Row("write GET /v1/users/{user_id}/sessions", "another's", ADMINS, {"user_id": "@user"}),
    Row("write GET /v1/users/{user_id}/sessions", "the own", SIGNED_IN, {"user_id": "@me"}),
    Row("write GET /v1/users/{user_id}/sessions", "nobody's", "401 403 403 403 403 404", {"user_id": "@nothing"}),
    Row("write DELETE /v1/users/{user_id}/sessions", "another's", ADMINS, {"user_id": "@user"}),
    Row("write DELETE /v1/users/{user_id}/sessions", "nobody's", "401 403 403 403 403 404", {"user_id": "@nothing"}),
    Row("write DELETE /v1/sessions/others", "the own", SIGNED_IN),
    Row(
        "write POST /v1/users/me/password",
        "without knowing the present one",
        "401 422 422 422 422 422",
        body={"current_password": "x", "password": GOOD_PASSWORD},
    ),
    Row("write POST /v1/api-tokens", "for oneself", SIGNED_IN, body=API_TOKEN),
    Row("write GET /v1/api-tokens", "the own", "401 shows hides hides hides hides", about="@api_token"),
    Row("write GET /v1/users/{user_id}/api-tokens", "another's", ADMINS, {"user_id": "@user"}),
    Row("write GET /v1/users/{user_id}/api-tokens", "the own", SIGNED_IN, {"user_id": "@me"}),
    Row("write GET /v1/users/{user_id}/api-tokens", "nobody's", "401 403 403 403 403 404", {"user_id": "@nothing"}),
    *(
        row.with_body(body)
        for method, body in (("PATCH", {"name": "Weekly report"}), ("DELETE", None))
        for row in (
            Row(
                f"write {method} /v1/api-tokens/{{token_id}}",
                "the customer's",
                "401 in 404 404 404 in",
                {"token_id": "@api_token"},
            ),
            Row(
                f"write {method} /v1/api-tokens/{{token_id}}",
                "none",
                "401 404 404 404 404 404",
                {"token_id": "@nothing"},
            ),
        )
    ),
    Row("write GET /v1/sso", "the providers", EVERYBODY),
    Row("write GET /v1/sso/{provider}/login", "no such", "404 404 404 404 404 404", {"provider": "none"}),
    Row("write GET /v1/sso/{provider}/callback", "no such", "404 404 404 404 404 404", {"provider": "none"}),
    Row("write POST /v1/password-resets", "anybody's", EVERYBODY, body={"email": "@email"}),
    Row(
        "write POST /v1/password-resets/{token}",
        "no such link",
        "404 404 404 404 404 404",
        {"token": "x"},
        {"password": GOOD_PASSWORD},
    ),
    Row("write POST /v1/users", "a customer", STAFF, body=CUSTOMER),
    Row("write POST /v1/users", "an agent", ADMINS, body={**CUSTOMER, "role": "agent"}),
    Row("write POST /v1/users", "an admin", ADMINS, body={**CUSTOMER, "role": "admin"}),
    Row(
        "write POST /v1/users", "into an organization", UNSCOPED, body={**CUSTOMER, "organization_id": "@organization"}
    ),
    Row("write PATCH /v1/users/{user_id}", "another customer's name", STAFF, {"user_id": "@user"}, {"name": "New"}),
    Row("write PATCH /v1/users/{user_id}", "a customer's role", ADMINS, {"user_id": "@user"}, {"role": "customer"}),
    Row(
        "write PATCH /v1/users/{user_id}", "a password", ADMINS, {"user_id": "@user"}, {"password": "a few good words"}
    ),
    Row(
        "write PATCH /v1/users/{user_id}",
        "a customer's organization",
        UNSCOPED,
        {"user_id": "@user"},
        {"organization_id": "@organization"},
    ),
    Row("write PATCH /v1/users/{user_id}", "an agent's name", ADMINS, {"user_id": "@colleague"}, {"name": "New"}),
    Row(
        "write PATCH /v1/users/{user_id}",
        "an agent's limits",
        ADMINS,
        {"user_id": "@colleague"},
        {"ticket_access": "all", "group_ids": ["@group"]},
    ),
    Row(
        "write PATCH /v1/users/{user_id}", "nobody", "401 403 403 404 404 404", {"user_id": "@nothing"}, {"name": "New"}
    ),
    Row("write PATCH /v1/users/{user_id}", "the own name", SIGNED_IN, {"user_id": "@me"}, {"name": "Still me"}),
    Row("write PATCH /v1/users/{user_id}", "the own email", ADMINS, {"user_id": "@me"}, {"email": "@new_email"}),
    Row("write POST /v1/groups", "any", ADMINS, body={"name": "@new_name"}),
    Row("write PATCH /v1/groups/{group_id}", "the own", ADMINS, {"group_id": "@group"}, {"description": "New"}),
    Row(
        "write PATCH /v1/groups/{group_id}", "another", ADMINS, {"group_id": "@group_elsewhere"}, {"description": "New"}
    ),
    Row(
        "write PATCH /v1/groups/{group_id}",
        "none",
        "401 403 403 403 403 404",
        {"group_id": "@nothing"},
        {"description": "New"},
    ),
    Row("write POST /v1/organizations", "any", UNSCOPED, body={"name": "@new_name"}),
    Row(
        "write PATCH /v1/organizations/{organization_id}",
        "any, also the customer's own",
        UNSCOPED,
        {"organization_id": "@organization"},
        {"shares_tickets": False},
    ),
    Row(
        "write PATCH /v1/organizations/{organization_id}",
        "none",
        "401 403 403 403 404 404",
        {"organization_id": "@nothing"},
        {"shares_tickets": False},
    ),
    Row(
        "write POST /v1/organizations/{organization_id}/move-tickets",
        "any",
        ADMINS,
        {"organization_id": "@organization"},
        {"to": None},
    ),
    Row(
        "write POST /v1/organizations/{organization_id}/move-tickets",
        "to nobody",
        "401 403 403 403 403 422",
        {"organization_id": "@organization"},
        {"to": "@nothing"},
    ),
    Row("write GET /v1/ticket-moves/{move_id}", "any", ADMINS, {"move_id": "@move"}),
    Row("write GET /v1/ticket-moves/{move_id}", "none", "401 403 403 403 403 404", {"move_id": "@nothing"}),
    Row(
        "write POST /v1/dead-letters/{letter_id}/replay",
        "none",
        "401 403 403 403 403 404",
        {"letter_id": "9999999"},
    ),
    Row("write POST /v1/dead-letters/replay", "all", ADMINS, body={"projection": None}),
    Row("write POST /v1/rebuilds", "of one read model", ADMINS, body={"projection": "catalog"}),
    *(
        Row(f"write POST /v1/rebuilds/{{projection}}/{step}", "of one read model", ADMINS, {"projection": "catalog"})
        for step in ("pause", "resume", "rollback")
    ),
    Row("write POST /v1/attachments", "for a message to come", SIGNED_IN, query={"file_name": "a.png"}, body=PNG),
    Row("write POST /v1/tickets", "for oneself", SIGNED_IN, body=TICKET),
    Row(
        "write POST /v1/tickets", "for a customer", "401 in 403 in in in", body={**TICKET, "requester_id": "@customer"}
    ),
    Row("write POST /v1/tickets", "for nobody", "401 403 403 422 422 422", body={**TICKET, "requester_id": "@nothing"}),
    Row("write POST /v1/tickets", "into a group", STAFF, body={**TICKET, "group_id": "@group_elsewhere"}),
    Row("write POST /v1/tickets", "into no group", "401 403 403 422 422 422", body={**TICKET, "group_id": "@nothing"}),
    Row("write POST /v1/tickets", "to somebody", STAFF, body={**TICKET, "assignee_id": "@colleague"}),
    Row("write POST /v1/tickets", "to a customer", "401 403 403 422 422 422", body={**TICKET, "assignee_id": "@user"}),
    Row("write POST /v1/tickets", "of an organization", STAFF, body={**TICKET, "organization_id": "@organization"}),
    *of_tickets(
        "write PATCH /v1/tickets/{ticket_id}", "401 403 404 in in in", "401 403 404 404 in in", body={"tags": ["x"]}
    ),
    *of_tickets(
        "write POST /v1/tickets/{ticket_id}/messages", "401 in 404 in in in", "401 in 404 404 in in", body=MESSAGE
    ),
    *of_tickets(
        "write POST /v1/tickets/{ticket_id}/messages", "401 403 404 in in in", "401 403 404 404 in in", body=NOTE
    ),
    *of_tickets(
        "write POST /v1/tickets/{ticket_id}/messages",
        "401 422 404 422 422 422",
        "401 422 404 404 422 422",
        body={**MESSAGE, "attachment_ids": ["@file"]},
    ),
    *of_tickets(
        "write POST /v1/tickets/{ticket_id}/status",
        "401 in 404 in in in",
        "401 in 404 404 in in",
        body={"status": "solved"},
    ),
    *of_tickets(
        "write POST /v1/tickets/{ticket_id}/status",
        "401 403 404 in in in",
        "401 403 404 404 in in",
        body={"status": "pending"},
    ),
    *of_tickets(
        "write PUT /v1/tickets/{ticket_id}/presence",
        "401 403 404 in in in",
        "401 403 404 404 in in",
        body={"activity": "viewing"},
    ),
    *of_tickets("write DELETE /v1/tickets/{ticket_id}/presence", "401 403 404 in in in", "401 403 404 404 in in"),
    Row(
        "write PATCH /v1/tickets/{ticket_id}",
        "away from the own group",
        # Whoever gives it away loses sight of it: those who follow see all.
        "401 403 404 in in in",
        {"ticket_id": "@ticket_to_give"},
        {"group_id": "@group_elsewhere"},
    ),
    *of_tickets("write DELETE /v1/tickets/{ticket_id}", "401 403 404 403 403 in", "401 403 404 404 403 in"),
    Row("write POST /v1/ticket-fields", "any", ADMINS, body={"key": "@new_key", "label": "Floor", "type": "number"}),
    Row("write PATCH /v1/ticket-fields/{field_id}", "any", ADMINS, {"field_id": "@field"}, {"label": "Storey"}),
    Row(
        "write PATCH /v1/ticket-fields/{field_id}",
        "none",
        "401 403 403 403 403 404",
        {"field_id": "@nothing"},
        {"label": "Storey"},
    ),
    Row("write POST /v1/documents", "for all", STAFF, body=TEXT),
    Row(
        "write POST /v1/documents",
        "for the own group",
        STAFF,
        body={**TEXT, "visibility": "groups", "group_ids": ["@group"]},
    ),
    Row(
        "write POST /v1/documents",
        "for another group",
        ADMINS,
        body={**TEXT, "visibility": "groups", "group_ids": ["@group_elsewhere"]},
    ),
    *of_documents("write PATCH /v1/documents/{document_id}", body={"tags": ["x"]}),
    *(
        row
        for step in ("submit", "reject", "approve", "publish", "unpublish", "archive", "restore")
        for row in of_documents(f"write POST /v1/documents/{{document_id}}/{step}", body={})
    ),
    # After the reviews, as nobody reviews the own draft.
    *of_documents("write PUT /v1/documents/{document_id}/draft", body=TEXT),
    Row(_FEEDBACK, "for everybody", EVERYBODY, {"document_id": "@document_public"}, FEEDBACK),
    Row(_FEEDBACK, "for customers", "404 in in in in in", {"document_id": "@document_customers"}, FEEDBACK),
    Row(_FEEDBACK, "a draft", "404 404 404 404 404 404", {"document_id": "@draft"}, FEEDBACK),
    Row(_FEEDBACK, "none", "404 404 404 404 404 404", {"document_id": "@nothing"}, FEEDBACK),
    Row("write POST /v1/categories", "any", STAFF, body={"names": {"en": "New"}}),
    Row("write PATCH /v1/categories/{category_id}", "any", STAFF, {"category_id": "@category"}, {"position": 2}),
    Row(
        "write PATCH /v1/categories/{category_id}",
        "none",
        "401 403 403 404 404 404",
        {"category_id": "@nothing"},
        {"position": 2},
    ),
    Row(
        "write DELETE /v1/categories/{category_id}",
        "any, once",
        "401 403 403 in 404 404",
        {"category_id": "@category_to_delete"},
    ),
    Row(
        "write DELETE /v1/categories/{category_id}",
        "none",
        "401 403 403 404 404 404",
        {"category_id": "@nothing"},
    ),
    Row("write POST /v1/views", "for oneself", STAFF, body=VIEW),
    Row("write POST /v1/views", "for everybody", ADMINS, body={**VIEW, "shared_with": "everybody"}),
    Row("write POST /v1/views", "for the own group", STAFF, body={**OF_GROUP, "group_id": "@group"}),
    Row("write POST /v1/views", "for another group", ADMINS, body={**OF_GROUP, "group_id": "@group_elsewhere"}),
    Row("write PATCH /v1/views/{view_id}", "the admin's", ADMINS, {"view_id": "@view"}, VIEW),
    Row("write PATCH /v1/views/{view_id}", "not shared", "401 403 403 404 404 in", {"view_id": "@view_own"}, VIEW),
    Row("write PATCH /v1/views/{view_id}", "none", "401 403 403 404 404 404", {"view_id": "@nothing"}, VIEW),
    Row("write DELETE /v1/views/{view_id}", "the admin's", ADMINS, {"view_id": "@view_to_delete"}),
    Row("write DELETE /v1/views/{view_id}", "none", "401 403 403 404 404 404", {"view_id": "@nothing"}),
    # The last, as nobody is signed in after it.
    Row("write DELETE /v1/sessions/current", "the own", SIGNED_IN),
    Row("write POST /v1/sso/logout", "one that is over", "401 401 401 401 401 401", body={}),
]
