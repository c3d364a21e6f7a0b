"""The people and things that the matrix is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.support.desk import Caller, expect, open_ticket, publish_document, step, upload, write_document
from tests.support.event_stream import position
from tests.support.files import PNG
from tests.support.house import House
from tests.support.words import word

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Scene:
    callers: Mapping[str, Caller]
    ids: Mapping[str, str]

    async def with_api_tokens(self, house: House) -> Scene:
        """The same people, not signed in, but with tokens that they made."""
        callers = {
            who: house.desk.caller(await _api_token(caller, "read"), id=caller.id) if caller.token else caller
            for who, caller in self.callers.items()
        }
        return replace(self, callers=callers)

    def resolved(self, node: Any, who: str) -> Any:
        """With every `@name` in it replaced."""
        if isinstance(node, Mapping):
            return {name: self.resolved(value, who) for name, value in node.items()}
        if isinstance(node, list):
            return [self.resolved(value, who) for value in node]
        if not isinstance(node, str) or not node.startswith("@"):
            return node
        name = node[1:]
        if name == "me":
            return self.callers[who].id or UNKNOWN_ID
        if name == "new_email":
            return f"{word()}@example.com"
        return word() if name.startswith("new_") else self.ids[name]


async def set_scene(house: House) -> Scene:
    admin = house.admin
    group, elsewhere, third = [await house.group(word()) for _ in range(3)]
    organization, empty = await house.organization(word()), await house.organization(word())
    callers = {
        "anonymous": house.desk.anonymous,
        "customer": await house.desk.register(admin, "customer", organization_id=organization),
        "other": await house.desk.register(admin, "customer"),
        "scoped": await house.desk.register(admin, "agent", ticket_access="groups", group_ids=[group]),
        "agent": await house.desk.register(admin, "agent", group_ids=[group]),
        "admin": await house.desk.sign_in(admin.email, id=await _id_of(house, admin)),
    }
    user, colleague = [await house.desk.register(admin, role) for role in ("customer", "agent")]
    sessions = expect(await user.write.get("/v1/sessions"))
    api_token = {"name": "Nightly report", "scopes": ["tickets:read"]}
    made = expect(await callers["customer"].write.post("/v1/api-tokens", json=api_token), 201)
    ids = {
        "nothing": UNKNOWN_ID,
        "customer": callers["customer"].id,
        "user": user.id,
        "email": user.email,
        "colleague": colleague.id,
        "session": sessions["items"][0]["id"],
        "api_token": made["id"],
        "group": group,
        "group_elsewhere": elsewhere,
        "organization": organization,
        # What is told from here on is about this scene.
        "position": await position(admin),
    }
    moved = await admin.write.post(f"/v1/organizations/{empty}/move-tickets", json={"to": None})
    ids["move"] = expect(moved, 202)["id"]
    for name, path, body in (
        ("category", "/v1/categories", {"names": {"en": word()}}),
        ("category_to_delete", "/v1/categories", {"names": {"en": word()}}),
        ("field", "/v1/ticket-fields", {"key": word(), "label": "Floor", "type": "number"}),
    ):
        ids[name] = expect(await admin.write.post(path, json=body), 201)["id"]
    ids |= await _tickets(admin, callers, {"group": group, "elsewhere": elsewhere, "third": third})
    ids |= await _views(admin, ids)
    ids |= await _documents(admin, group, elsewhere, ids["word"])
    for reader in (callers["agent"], callers["scoped"]):
        missed = {"helpful": False, "comment": word()}
        said = await reader.write.post(f"/v1/documents/{ids['document']}/feedback", json=missed)
        assert said.status_code == 204, said.text
    return Scene(callers, ids)


async def _api_token(caller: Caller, scope: str) -> str:
    made = await caller.write.post("/v1/api-tokens", json={"name": word(), "scopes": [scope]})
    token: str = expect(made, 201)["token"]
    return token


async def _id_of(house: House, admin: Caller) -> str:
    row = await house.world.pool.fetchrow("SELECT id FROM users WHERE email = $1", admin.email)
    return str(row["id"]) if row else ""


async def _tickets(admin: Caller, callers: Mapping[str, Caller], groups: Mapping[str, str]) -> dict[str, str]:
    ids = {"word": word(), "word_of_notes": word()}
    scoped = callers["scoped"].id
    for name, fields in {
        "ticket": {"group_id": groups["group"]},
        "ticket_elsewhere": {"group_id": groups["elsewhere"]},
        "ticket_nowhere": {},
        "ticket_assigned": {"group_id": groups["third"], "assignee_id": scoped},
        "ticket_to_give": {"group_id": groups["group"]},
        "ticket_deleted": {"group_id": groups["group"]},
    }.items():
        opened = await open_ticket(
            admin, requester_id=callers["customer"].id, subject=f"{ids['word']} {word()}", **fields
        )
        ids[name] = opened["id"]
        ids[name.replace("ticket", "number")] = str(opened["number"])
        note = f"Between us: {ids['word_of_notes']}"
        for file, visibility, body in (("file_of_note", "internal", note), ("file", "public", "Well.")):
            attachment_id = ids[name.replace("ticket", file)] = (await upload(admin, PNG))["id"]
            message = {"body": body, "visibility": visibility, "attachment_ids": [attachment_id]}
            expect(await admin.write.post(f"/v1/tickets/{opened['id']}/messages", json=message), 201)
    gone = await admin.write.delete(f"/v1/tickets/{ids['ticket_deleted']}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    return ids


async def _views(admin: Caller, ids: Mapping[str, str]) -> dict[str, str]:
    """All of them the admin's, with all tickets of the scene."""
    sharing: dict[str, dict[str, Any]] = {
        "view": {"shared_with": "everybody"},
        "view_group": {"shared_with": "group", "group_id": ids["group"]},
        "view_elsewhere": {"shared_with": "group", "group_id": ids["group_elsewhere"]},
        "view_own": {},
        "view_to_delete": {"shared_with": "everybody"},
    }
    views = {}
    for name, fields in sharing.items():
        body = {"name": word(), "query": {"q": ids["word"]}, **fields}
        views[name] = expect(await admin.write.post("/v1/views", json=body), 201)["id"]
    return views


async def _documents(admin: Caller, group: str, elsewhere: str, common: str) -> dict[str, str]:
    """The admin writes and reviews all of them."""
    ids: dict[str, str] = {}
    audiences: dict[str, dict[str, Any]] = {
        "document_public": {"visibility": "public"},
        "document_customers": {"visibility": "customers"},
        "document": {"visibility": "agents"},
        "document_group": {"visibility": "groups", "group_ids": [group]},
        "document_elsewhere": {"visibility": "groups", "group_ids": [elsewhere]},
    }
    for name, fields in audiences.items():
        published = await publish_document(admin, admin, title=f"{common} {word()}", **fields)
        ids[name] = published["id"]
        ids[name.replace("document", "slug")] = published["slug"]
    draft = await write_document(admin, title=f"{common} {word()}", visibility="groups", group_ids=[elsewhere])
    return {**ids, "draft": draft["id"]}


async def unpublish(admin: Caller, scene: Scene) -> None:
    """So that every step of a document can be taken from the beginning."""
    for name in ("document", "document_group", "document_elsewhere"):
        expect(await step(admin, f"/v1/documents/{scene.ids[name]}/unpublish", "*"))
