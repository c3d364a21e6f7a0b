"""What the routes really answer obeys the OpenAPI document, also where it is null."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest

from read_api.bootstrap import create_app
from runtime.settings import Settings
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]
# Their answers are no JSON, or many.
NO_JSON = {"/v1/attachments/{attachment_id}", "/v1/events", "/v1/tickets/export", "/v1/documents/export"}


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return create_app(Settings(environment="test")).openapi()


def check(document: dict[str, Any], route: str, answer: Any) -> None:
    schema = document["paths"][route]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**_closed({**schema, "components": document["components"]})}
    validator = jsonschema_rs.validator_for(whole)
    errors = [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(answer)]
    assert errors == [], route


def _closed(node: Any) -> Any:
    """Fields that the document does not name count as errors, too."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {name: _closed(value) for name, value in node.items()}
    if closed.get("type") == "object" and "properties" in closed and "additionalProperties" not in closed:
        closed["additionalProperties"] = False
    return closed


async def test_every_answer_obeys_the_document(
    library: Library, agent: Person, customer: Person, document: dict[str, Any]
) -> None:
    tag = new_id()
    group = await library.shelf.group("Group")
    organization = await library.shelf.organization("Organization")
    whole_user = await library.shelf.user(
        "customer", organization_id=organization["id"], group_ids=[group["id"]], locale="de"
    )
    category = await library.shelf.category({"en": "One", "de": "Eins"})
    await library.shelf.category({"en": "Two"}, parent_id=category["id"])
    await library.shelf.ticket_field(f"field_{new_id()[:8]}")
    bare = await library.shelf.ticket(customer, subject="Toner", locale=None, tags=[tag], custom_fields={"a": 1})
    whole = await library.shelf.ticket(
        whole_user,
        subject="Toner",
        notes=("Toner",),
        type="incident",
        assignee_id=agent["id"],
        group_id=group["id"],
        organization_id=organization["id"],
        tags=[tag],
        status="solved",
        solved_at="2026-01-01T00:00:00+00:00",
        first_response_at="2026-01-01T00:00:00+00:00",
        attachments=[{"id": new_id(), "file_name": "a.png", "media_type": "image/png", "size_bytes": 1}],
    )
    await library.shelf.event(whole, "TicketOpened", "public", agent)
    published = await library.shelf.document(agent, title="Toner", category_id=category["id"], tags=[tag])
    draft = await library.shelf.document(
        agent, draft=True, title="Toner", tags=[tag], publish_at="2027-01-01T00:00:00Z"
    )
    await library.shelf.present(whole, customer)
    await library.shelf.version(draft, 1, "Some *text*.")
    await library.shelf.vote(draft, False, "And then?")
    sharing = {"shared_with": "group", "group_id": group["id"], "owner_id": agent["id"]}
    await library.shelf.view(agent, "Of the group", {}, **sharing)
    view = await library.shelf.view(agent, "Toner", {"q": "toner", "tag": [tag]})
    await library.shelf.refresh()
    facets = "status,priority,type,tags,assignee,group,organization"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("/v1/tickets", "", {"tag": tag}),
        ("/v1/tickets", "", {"tag": tag, "limit": 1, "sort": "updated_at"}),
        ("/v1/search/tickets", "", {"tag": tag, "q": "toner", "facets": facets}),
        ("/v1/search/tickets", "", {"tag": tag}),
        ("/v1/tickets/{ticket_id}", bare["id"], {}),
        ("/v1/tickets/{ticket_id}", whole["id"], {}),
        ("/v1/tickets/{ticket_id}/messages", whole["id"], {}),
        ("/v1/tickets/{ticket_id}/history", whole["id"], {}),
        ("/v1/tickets/{ticket_id}/presence", whole["id"], {}),
        ("/v1/documents", "", {"tag": tag}),
        ("/v1/documents", "", {"tag": tag, "state": "draft"}),
        ("/v1/search/documents", "", {"tag": tag, "q": "toner", "facets": "locale,category,tags"}),
        ("/v1/documents/{document_id}", published["id"], {}),
        ("/v1/documents/{document_id}", draft["id"], {"state": "draft"}),
        ("/v1/documents/{document_id}/versions", draft["id"], {}),
        ("/v1/documents/{document_id}/versions/{number}", draft["id"], {}),
        ("/v1/documents/{document_id}/feedback", draft["id"], {}),
        ("/v1/categories", "", {}),
        ("/v1/ticket-fields", "", {}),
        ("/v1/search", "", {"q": "toner", "tag": tag}),
        ("/v1/suggest", "", {"q": "ton"}),
        ("/v1/users", "", {"q": "Carla"}),
        ("/v1/users/{user_id}", whole_user["id"], {}),
        ("/v1/groups", "", {}),
        ("/v1/groups/{group_id}", group["id"], {}),
        ("/v1/organizations", "", {}),
        ("/v1/organizations/{organization_id}", organization["id"], {}),
        ("/v1/counts", "", {}),
        ("/v1/counts", "", {"views": True}),
        ("/v1/views", "", {}),
        ("/v1/views/{view_id}/tickets", view["id"], {}),
        ("/v1/freshness", "", {}),
    ]
    for route, reference, params in asked:
        path = re.sub("{[a-z]+_id}", reference, route).replace("{number}", "1")
        answer = await library.get(agent, path, **params)
        check(document, route, answer)
        assert answer.get("items", True), f"{route} answered nothing to look at"
    await library.shelf.event(
        {"id": None}, "SignInFailed", "internal", {"id": None}, aggregate_type="sign_in", session_id=None
    )
    admin = await library.shelf.user("admin")
    await library.shelf.refresh()
    check(document, "/v1/audit", await library.get(admin, "/v1/audit"))
    assert (await library.answer(admin, "/v1/dead-letters")).status_code == 503, "nobody has said that there are none"
    await library.shelf.publish_dead("tickets", "documents")
    check(document, "/v1/dead-letters", await library.get(admin, "/v1/dead-letters"))
    projection = await library.get(agent, f"/v1/projections/ticket/{whole['id']}")
    check(document, "/v1/projections/{type}/{id}", projection)
    for route in ("/v1/tickets", "/v1/search/tickets", "/v1/counts", "/v1/freshness", "/v1/suggest", "/v1/search"):
        check(document, route, await library.get(customer, route))
    elsewhere = {"/v1/projections/{type}/{id}", "/v1/audit", "/v1/dead-letters", *NO_JSON}
    assert {route for route, _, _ in asked} | elsewhere == set(document["paths"])


async def test_refusals_obey_it_too(library: Library, agent: Person, document: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Problem", "components": document["components"]}
    validator = jsonschema_rs.validator_for(schema)
    for path in ("/v1/tickets?limit=0", f"/v1/tickets/{new_id()}", "/v1/search/tickets?q=secret:1"):
        answer = await library.answer(agent, path)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert [error.message for error in validator.iter_errors(answer.json())] == []
