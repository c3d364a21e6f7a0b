from __future__ import annotations

from datetime import datetime, timedelta, timezone

from tests.support.desk import Caller, expect, publish_document, step, waiting_for, write_document
from tests.support.eventually import eventually
from tests.support.words import word


async def found_by(caller: Caller, text: str, headers: dict[str, str] | None = None) -> list[dict[str, object]]:
    answer = await caller.read.get("/v1/search/documents", params={"q": text}, headers=headers or {})
    items: list[dict[str, object]] = expect(answer)["items"]
    return items


async def test_a_draft_goes_up_and_is_found_by_anybody(agent: Caller, reviewer: Caller, anonymous: Caller) -> None:
    first, second = word(), word()
    document = await publish_document(agent, reviewer, title=f"Connect {first}", body=f"## Steps\n\nPress **{first}**.")
    path = f"/v1/documents/{document['id']}"
    headers = waiting_for(document["token"])
    assert [item["id"] for item in await found_by(anonymous, first, headers)] == [document["id"]]
    shown = expect(await anonymous.read.get(f"/v1/documents/{document['slug']}", headers=headers))
    assert (shown["status"], shown["title"]) == ("published", f"Connect {first}")
    assert f"<strong>{first}</strong>" in shown["html"]
    assert shown["published_at"].endswith("Z")

    edited = await agent.write.put(
        f"{path}/draft",
        json={"title": f"Connect {second}", "body": f"Press {second}."},
        headers={"If-Match": document["etag"]},
    )
    expect(edited)
    headers = waiting_for(edited.headers["Consistency-Token"])
    assert await found_by(anonymous, second, headers) == []
    assert len(await found_by(anonymous, first, headers)) == 1
    shown = expect(await anonymous.read.get(path, headers=headers))
    assert shown["title"] == f"Connect {first}"

    etag = edited.headers["ETag"]
    for who, name in ((agent, "submit"), (reviewer, "approve"), (agent, "publish")):
        answer = await step(who, f"{path}/{name}", etag)
        expect(answer)
        etag = answer.headers["ETag"]
    headers = waiting_for(answer.headers["Consistency-Token"])
    assert len(await found_by(anonymous, second, headers)) == 1
    assert await found_by(anonymous, first, headers) == []

    down = await step(agent, f"{path}/unpublish", etag)
    expect(down)
    headers = waiting_for(down.headers["Consistency-Token"])
    assert await found_by(anonymous, second, headers) == []
    assert (await anonymous.read.get(path, headers=headers)).status_code == 404


async def test_words_are_found_in_another_form_and_with_a_typo(
    agent: Caller, reviewer: Caller, anonymous: Caller
) -> None:
    tag = word()
    document = await publish_document(
        agent, reviewer, title="Configuring printers", body="Restart the spooler.", tags=[tag]
    )
    headers = waiting_for(document["token"])
    for text in ("printer configured", "confguring", "spoolers"):
        ids = [item["id"] for item in await found_by(anonymous, f"{text} tag:{tag}", headers)]
        assert ids == [document["id"]], text


async def test_each_language_is_stemmed_by_its_own_rules(agent: Caller, reviewer: Caller, anonymous: Caller) -> None:
    tag = word()
    document = await publish_document(
        agent, reviewer, title="Verbindungen einrichten", body="Die Häuser.", locale="de", tags=[tag]
    )
    headers = waiting_for(document["token"])
    ids = [item["id"] for item in await found_by(anonymous, f"Verbindung tag:{tag}", headers)]
    assert ids == [document["id"]]


async def test_a_planned_document_goes_up_by_itself(agent: Caller, reviewer: Caller, anonymous: Caller) -> None:
    title = word()
    document = await write_document(agent, title=title)
    path, etag = f"/v1/documents/{document['id']}", document["etag"]
    for who, name in ((agent, "submit"), (reviewer, "approve")):
        answer = await step(who, f"{path}/{name}", etag)
        expect(answer)
        etag = answer.headers["ETag"]
    publish_at = (datetime.now(timezone.utc) + timedelta(seconds=3)).isoformat()
    answer = await step(agent, f"{path}/publish", etag, publish_at=publish_at)
    expect(answer)
    assert await found_by(anonymous, title, waiting_for(answer.headers["Consistency-Token"])) == []

    async def is_up() -> bool:
        return bool(await found_by(anonymous, title))

    assert await eventually(is_up, timeout_s=30, interval_s=0.2)


async def test_two_documents_do_not_share_a_slug(agent: Caller) -> None:
    slug = word()
    await write_document(agent, slug=slug)
    body = {"title": "Another", "body": "Text", "locale": "en", "slug": slug}
    taken = await agent.write.post("/v1/documents", json=body)
    assert expect(taken, 409)["code"] == "slug.taken"
    assert taken.json()["errors"][0]["pointer"] == "/slug"


async def test_a_writer_does_not_approve_the_own_draft(agent: Caller) -> None:
    document = await write_document(agent)
    submitted = await step(agent, f"/v1/documents/{document['id']}/submit", document["etag"])
    expect(submitted)
    refused = await step(agent, f"/v1/documents/{document['id']}/approve", submitted.headers["ETag"])
    assert expect(refused, 403)["code"] == "document.self_approval_forbidden"


async def test_categories_form_a_tree_with_translated_names(admin: Caller, agent: Caller, anonymous: Caller) -> None:
    name = word()
    root = await admin.write.post("/v1/categories", json={"names": {"en": name, "de": f"{name}-de"}})
    root_id = expect(root, 201)["id"]
    child = await admin.write.post("/v1/categories", json={"names": {"en": f"{name}-child"}, "parent_id": root_id})
    child_id = expect(child, 201)["id"]
    headers = waiting_for(child.headers["Consistency-Token"])
    tree = await anonymous.read.get("/v1/categories", headers=headers)
    expect(tree)
    assert f"{name}-child" in tree.text
    refused = await admin.write.patch(
        f"/v1/categories/{root_id}", json={"parent_id": child_id}, headers={"If-Match": root.headers["ETag"]}
    )
    assert expect(refused, 409)["code"] == "category.cycle"
    refused = await admin.write.request(
        "DELETE", f"/v1/categories/{root_id}", headers={"If-Match": root.headers["ETag"]}
    )
    assert expect(refused, 409)["code"] == "category.not_empty"
