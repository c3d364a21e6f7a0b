from __future__ import annotations

from tests.integration.access.policy import ADMINS, EVERYBODY, SIGNED_IN, Row, of_tickets

_OWN, _ELSEWHERE = "401 shows hides shows shows shows", "401 shows hides hides shows shows"
_SINCE = {"follow": "false", "last_event_id": "@position"}
_GROUPED, _HIDDEN = "hides hides hides shows shows shows", "hides hides hides hides hides shows"


def _ticket_lists(route: str, **query: str) -> list[Row]:
    found = [
        Row(route, "of the own group", _OWN, query=query, about="@ticket"),
        Row(route, "assigned", _OWN, query=query, about="@ticket_assigned"),
        Row(route, "of another group", _ELSEWHERE, query=query, about="@ticket_elsewhere"),
        Row(route, "of no group", _ELSEWHERE, query=query, about="@ticket_nowhere"),
    ]
    if route == "read GET /v1/suggest" or route == "read GET /v1/search":
        return [Row(row.route, row.what, f"hides {row.answers[4:]}", query=row.query, about=row.about) for row in found]
    return found


def _notes(route: str, anonymous: str) -> list[Row]:
    """The customer must not find the own ticket by what was written about it."""
    found = {"of the own group": "hides hides shows shows shows", "of another group": "hides hides hides shows shows"}
    about = {"of the own group": "@ticket", "of another group": "@ticket_elsewhere"}
    return [
        Row(route, f"a note {what}", f"{anonymous} {answers}", query={"q": "@word_of_notes"}, about=about[what])
        for what, answers in found.items()
    ]


def _attachments(name: str, in_hands: str, elsewhere: str) -> list[Row]:
    """As the message and its ticket are seen, so are the files of it."""
    by_ticket = {
        "": in_hands,
        "_assigned": in_hands,
        "_elsewhere": elsewhere,
        "_nowhere": elsewhere,
        "_deleted": "401 404 404 404 404 404",
    }
    return [
        Row("read GET /v1/attachments/{attachment_id}", name + where, answers, {"attachment_id": f"@{name}{where}"})
        for where, answers in by_ticket.items()
    ]


def _document_lists(route: str, **query: str) -> list[Row]:
    return [
        Row(route, "for everybody", "shows shows shows shows shows shows", query=query, about="@document_public"),
        Row(route, "for customers", "hides shows shows shows shows shows", query=query, about="@document_customers"),
        Row(route, "for agents", _GROUPED, query=query, about="@document"),
        Row(route, "for the own group", _GROUPED, query=query, about="@document_group"),
        Row(route, "for another group", _HIDDEN, query=query, about="@document_elsewhere"),
    ]


def _told_documents() -> list[Row]:
    """As in lists, but strangers hear nothing at all."""
    rows = _document_lists("read GET /v1/events", **_SINCE)
    return [Row(row.route, row.what, f"401 {row.answers[6:]}", query=row.query, about=row.about) for row in rows]


def _drafts(route: str, **more: str) -> list[Row]:
    return [
        Row(route, "of all agents", "401 403 403 in in in", {"document_id": "@document", **more}),
        Row(route, "of the own group", "401 403 403 in in in", {"document_id": "@document_group", **more}),
        Row(route, "of another group", "401 403 403 404 404 in", {"document_id": "@document_elsewhere", **more}),
        Row(route, "that are not there", "401 403 403 404 404 404", {"document_id": "@nothing", **more}),
    ]


def _views() -> list[Row]:
    """The admin's, who shares some; whoever sees a view sees the tickets that they see anyway."""
    seen = {"view": "in in in", "view_group": "in in in", "view_elsewhere": "404 404 in", "view_own": "404 404 in"}
    rows = [
        Row("read GET /v1/views/{view_id}/tickets", name, f"401 403 403 {staff}", {"view_id": f"@{name}"})
        for name, staff in {**seen, "nothing": "404 404 404"}.items()
    ]
    for name, staff in seen.items():
        shown = staff.replace("in", "shows").replace("404", "hides")
        rows.append(Row("read GET /v1/views", name, f"401 403 403 {shown}", about=f"@{name}"))
    for about, staff in {"@ticket": "shows shows shows", "@ticket_elsewhere": "hides shows shows"}.items():
        path = {"view_id": "@view"}
        rows.append(Row("read GET /v1/views/{view_id}/tickets", about, f"401 403 403 {staff}", path, about=about))
    asked = {"views": "true"}
    counted = Row(
        "read GET /v1/counts", "of a view", "401 hides hides hides hides shows", query=asked, about="@view_own"
    )
    return [*rows, counted]


def _projections(kind: str, name: str, answers: str) -> Row:
    return Row("read GET /v1/projections/{type}/{id}", f"{kind} {name}", answers, {"type": kind, "id": f"@{name}"})


_ONE_DOCUMENT = "read GET /v1/documents/{document_id}"
READ = [
    *_ticket_lists("read GET /v1/tickets", limit="100"),
    *_ticket_lists("read GET /v1/tickets", limit="100", requester="@customer"),
    *_ticket_lists("read GET /v1/tickets/export"),
    *_ticket_lists("read GET /v1/tickets/export", q="@word", format="csv"),
    *_notes("read GET /v1/tickets/export", "401"),
    *_ticket_lists("read GET /v1/events", **_SINCE),
    *_ticket_lists("read GET /v1/events", **_SINCE, types="ticket"),
    *_ticket_lists("read GET /v1/search/tickets", q="@word", facets="assignee,group,organization,status,tags"),
    *_notes("read GET /v1/search/tickets", "401"),
    *_notes("read GET /v1/search", "hides"),
    *_ticket_lists("read GET /v1/search", q="@word", limit="100"),
    *_ticket_lists("read GET /v1/suggest", q="@word", kind="ticket", limit="20"),
    Row(
        "read GET /v1/tickets",
        "asked for by a foreign group",
        _ELSEWHERE,
        query={"group": "@group_elsewhere"},
        about="@ticket_elsewhere",
    ),
    *of_tickets("read GET /v1/tickets/{ticket_id}", "401 in 404 in in in", "401 in 404 404 in in"),
    *of_tickets("read GET /v1/tickets/{ticket_id}/messages", "401 in 404 in in in", "401 in 404 404 in in"),
    *of_tickets("read GET /v1/tickets/{ticket_id}/presence", "401 403 404 in in in", "401 403 404 404 in in"),
    *of_tickets("read GET /v1/tickets/{ticket_id}/history", "401 in 404 in in in", "401 in 404 404 in in"),
    *_attachments("file", "401 in 404 in in in", "401 in 404 404 in in"),
    *_attachments("file_of_note", "401 404 404 in in in", "401 404 404 404 in in"),
    Row("read GET /v1/tickets/{ticket_id}", "by number", "401 in 404 404 in in", {"ticket_id": "@number_elsewhere"}),
    *_document_lists("read GET /v1/documents", limit="100"),
    *_document_lists("read GET /v1/documents/export"),
    *_document_lists("read GET /v1/documents/export", q="@word", format="csv"),
    *_told_documents(),
    *_document_lists("read GET /v1/search/documents", q="@word", facets="locale,category,tags", limit="100"),
    *_document_lists("read GET /v1/suggest", q="@word", kind="document", limit="20"),
    *_document_lists("read GET /v1/search", q="@word", limit="100"),
    Row("read GET /v1/documents", "drafts", "403 403 403 hides hides shows", query={"state": "draft"}, about="@draft"),
    Row(
        "read GET /v1/search/documents",
        "drafts",
        "403 403 403 hides hides shows",
        query={"state": "draft", "q": "@word"},
        about="@draft",
    ),
    Row(
        "read GET /v1/documents/export",
        "drafts",
        "403 403 403 hides hides shows",
        query={"state": "draft"},
        about="@draft",
    ),
    Row("read GET /v1/events", "a draft", "401 hides hides hides hides shows", query=_SINCE, about="@draft"),
    Row(_ONE_DOCUMENT, "for everybody", EVERYBODY, {"document_id": "@document_public"}),
    Row(_ONE_DOCUMENT, "for customers", "404 in in in in in", {"document_id": "@document_customers"}),
    Row(_ONE_DOCUMENT, "for agents", "404 404 404 in in in", {"document_id": "@document"}),
    Row(_ONE_DOCUMENT, "for the own group", "404 404 404 in in in", {"document_id": "@document_group"}),
    Row(_ONE_DOCUMENT, "for another group", "404 404 404 404 404 in", {"document_id": "@document_elsewhere"}),
    Row(_ONE_DOCUMENT, "by its slug", "404 404 404 404 404 in", {"document_id": "@slug_elsewhere"}),
    Row(_ONE_DOCUMENT, "a draft", "404 404 404 404 404 in", {"document_id": "@draft"}),
    Row(_ONE_DOCUMENT, "a draft", "404 404 404 404 404 in", {"document_id": "@draft"}, query={"state": "draft"}),
    Row(_ONE_DOCUMENT, "none", "404 404 404 404 404 404", {"document_id": "@nothing"}),
    *_drafts("read GET /v1/documents/{document_id}/versions"),
    *_drafts("read GET /v1/documents/{document_id}/versions/{number}", number="1"),
    *_drafts("read GET /v1/documents/{document_id}/feedback"),
    Row("read GET /v1/categories", "all", EVERYBODY),
    Row("read GET /v1/ticket-fields", "all", SIGNED_IN),
    Row("read GET /v1/users", "others", "401 hides hides shows shows shows", query={"q": "@email"}, about="@user"),
    Row("read GET /v1/users/{user_id}", "another", "401 404 404 in in in", {"user_id": "@user"}),
    Row("read GET /v1/users/{user_id}", "oneself", SIGNED_IN, {"user_id": "me"}),
    Row("read GET /v1/users/{user_id}", "nobody", "401 404 404 404 404 404", {"user_id": "@nothing"}),
    Row("read GET /v1/groups", "any", "401 hides hides shows shows shows", query={"limit": "100"}, about="@group"),
    Row("read GET /v1/groups/{group_id}", "any", "401 404 404 in in in", {"group_id": "@group_elsewhere"}),
    Row("read GET /v1/organizations", "another's", "401 shows hides shows shows shows", about="@organization"),
    Row(
        "read GET /v1/organizations/{organization_id}",
        "another's",
        "401 in 404 in in in",
        {"organization_id": "@organization"},
    ),
    Row("read GET /v1/counts", "by group", "401 hides hides hides shows shows", about="@group_elsewhere"),
    *_views(),
    Row("read GET /v1/freshness", "all", EVERYBODY),
    Row("read GET /v1/audit", "all", ADMINS),
    Row("read GET /v1/dead-letters", "all", ADMINS),
    Row("read GET /v1/dead-letters", "of one read model", ADMINS, query={"projection": "tickets"}),
    Row("read GET /v1/audit", "of one ticket", ADMINS, query={"aggregate_type": "ticket", "aggregate_id": "@ticket"}),
    _projections("ticket", "ticket", "401 403 403 in in in"),
    _projections("ticket", "ticket_assigned", "401 403 403 in in in"),
    _projections("ticket", "ticket_elsewhere", "401 403 403 404 in in"),
    _projections("ticket", "ticket_nowhere", "401 403 403 404 in in"),
    _projections("ticket", "ticket_deleted", "401 403 403 404 in in"),
    _projections("ticket", "nothing", "401 403 403 404 404 404"),
    _projections("document", "document", "401 403 403 in in in"),
    _projections("document", "document_group", "401 403 403 in in in"),
    _projections("document", "document_elsewhere", "401 403 403 404 404 in"),
    _projections("document", "draft", "401 403 403 404 404 in"),
    _projections("user", "user", "401 403 403 in in in"),
    _projections("group", "group_elsewhere", "401 403 403 in in in"),
    _projections("organization", "organization", "401 403 403 in in in"),
    _projections("category", "category", "401 403 403 in in in"),
    _projections("ticket_field", "field", "401 403 403 in in in"),
]
