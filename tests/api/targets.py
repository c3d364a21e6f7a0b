"""Aims generated requests at things that exist, so that more than "not found" is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemathesis import Case, GenerationMode

from tests.support.desk import expect, open_ticket, publish_document, upload, waiting_for
from tests.support.files import PNG
from tests.support.people import People
from tests.support.words import word

# Only the server makes them: a generated one says nothing about the query behind it.
OPAQUE_QUERY = ("cursor",)
STREAM = "/v1/events"
OPAQUE_HEADERS = ("Consistency-Token", "Idempotency-Key")
# The client that asks takes it for the address of its cookies, and stumbles over what is none.
HOST = "Host"


async def make_targets(people: People) -> dict[str, str]:
    """Values of path parameters by name."""
    admin = people.admin
    ticket = await open_ticket(people.customer)
    document = await publish_document(people.agent, people.reviewer)
    attachment = await upload(people.customer, PNG)
    await open_ticket(people.customer, attachment_ids=[attachment["id"]])
    made: dict[str, str] = {
        "ticket_id": ticket["id"],
        "document_id": document["id"],
        "attachment_id": attachment["id"],
    }
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        # Somebody who is nobody's caller: a generated request may change a password, and so end sessions.
        "user_id": ("/v1/users", {"email": f"{word()}@example.com", "name": "Target", "role": "customer"}),
        "group_id": ("/v1/groups", {"name": word()}),
        "organization_id": ("/v1/organizations", {"name": word()}),
        "category_id": ("/v1/categories", {"names": {"en": word()}}),
        "field_id": ("/v1/ticket-fields", {"key": word(), "label": "Floor", "type": "number"}),
    }
    for name, (path, body) in bodies.items():
        answer = await admin.write.post(path, json=body)
        made[name] = expect(answer, 201)["id"]
        token = answer.headers["Consistency-Token"]
        expect(await admin.read.get("/v1/tickets", headers=waiting_for(token)))
    move = await admin.write.post(f"/v1/organizations/{made['organization_id']}/move-tickets", json={"to": None})
    made_token = await admin.write.post("/v1/api-tokens", json={"name": "Target", "scopes": ["read"]})
    return {**made, "move_id": expect(move, 202)["id"], "token_id": expect(made_token, 201)["id"]}


def aim(case: Case[Any], targets: Mapping[str, str]) -> None:
    """Leaves requests alone that are meant to be wrong."""
    if case.operation.path == STREAM:
        # Or it would not end.
        case.query["follow"] = "false"
    case.headers.pop(HOST, None)
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    for name in case.path_parameters:
        if name in targets:
            case.path_parameters[name] = targets[name]
    for name in OPAQUE_QUERY:
        case.query.pop(name, None)
    for name in OPAQUE_HEADERS:
        case.headers.pop(name, None)
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if isinstance(case.body, dict):
        for name in [name for name in case.body if name.endswith("_id") and name != "into"]:
            case.body.pop(name)
