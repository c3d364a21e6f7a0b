from __future__ import annotations

from typing import Any

import pytest

from tests.integration.read_api.conftest import Library
from tests.integration.read_api.shelf import token_of
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


async def test_a_document_is_read_by_id_and_by_slug(library: Library, agent: Person) -> None:
    category = await library.shelf.category({"en": "Printing", "de": "Drucken"})
    slug = f"reset-{new_id()}"
    document = await library.shelf.document(
        agent,
        slug=slug,
        title="Reset",
        body="*Press*",
        html="<p>x</p>",
        category_id=category["id"],
        tags=["a"],
        version=7,
    )
    await library.shelf.refresh()
    for reference in (document["id"], slug):
        answer = await library.answer(None, f"/v1/documents/{reference}")
        read = answer.json()
        assert (read["title"], read["body"], read["html"], read["slug"]) == ("Reset", "*Press*", "<p>x</p>", slug)
        assert read["category"] == {"id": category["id"], "name": "Printing"}
        assert read["author"] is None
        assert answer.headers["ETag"].startswith('"v7.')
        assert answer.headers["Content-Language"] == "en"
    known = await library.answer(None, f"/v1/documents/{slug}", headers={"If-None-Match": answer.headers["ETag"]})
    assert known.status_code == 304
    assert (await library.get(agent, f"/v1/documents/{slug}"))["author"]["name"] == "Agnes Agent"


async def test_the_best_locale_is_read(library: Library, agent: Person) -> None:
    document_id, slug = new_id(), new_id()
    for locale in ("en", "de", "pt-BR"):
        await library.shelf.document(agent, id=document_id, slug=slug, locale=locale, default_locale="de", title=locale)
    await library.shelf.refresh()

    async def read_in(header: str | None = None, **params: str) -> str:
        headers = {"Accept-Language": header} if header else {}
        read = await library.get(None, f"/v1/documents/{document_id}", headers=headers, **params)
        by_slug = await library.get(None, f"/v1/documents/{slug}", headers=headers, **params)
        assert by_slug == read
        return str(read["locale"])

    assert await read_in() == "de"
    assert await read_in(locale="en") == "en"
    assert await read_in(locale="en-GB") == "en"
    assert await read_in("fr, pt;q=0.5, en;q=0.8") == "en"
    assert await read_in("pt") == "pt-BR"
    assert await read_in("fr") == "de"
    assert await read_in("*, garbage;q=x, ;;") == "de"
    assert await read_in("en", locale="pt-BR") == "pt-BR"
    for reference in (document_id, slug):
        assert (await library.answer(None, f"/v1/documents/{reference}", locale="fr")).status_code == 404


@pytest.mark.parametrize(
    ("visibility", "sees"),
    [("public", (True, True, True)), ("customers", (False, True, True)), ("agents", (False, False, True))],
)
async def test_who_sees_what_is_the_same_everywhere(
    library: Library, agent: Person, customer: Person, visibility: str, sees: tuple[bool, ...]
) -> None:
    unique = f"q{new_id().replace('-', '')[:14]}"
    document = await library.shelf.document(agent, title=unique, visibility=visibility, tags=[unique], slug=unique)
    await library.shelf.refresh()
    for who, seen in zip((None, customer, agent), sees, strict=True):
        expected = [document["id"]] if seen else []
        assert ids(await library.get(who, "/v1/documents", tag=unique)) == expected
        found = await library.get(who, "/v1/search/documents", q=unique, facets="tags,locale,category")
        assert ids(found) == expected
        assert found["total"]["value"] == len(expected)
        assert len(found["facets"]["tags"]) == len(expected)
        everything = await library.get(who, "/v1/search", q=unique)
        assert ids(everything) == expected
        assert ids(await library.get(who, "/v1/suggest", q=unique[:8])) == expected
        for reference in (document["id"], unique):
            for headers in ({}, {"Accept-Language": "en"}):
                answer = await library.answer(who, f"/v1/documents/{reference}", headers=headers)
                assert answer.status_code == (200 if seen else 404)


async def test_drafts_are_for_agents(library: Library, agent: Person, customer: Person) -> None:
    tag = new_id()
    draft = await library.shelf.document(agent, draft=True, status="in_review", tags=[tag], title="Half done")
    other = await library.shelf.document(agent, draft=True, status="draft", tags=[tag])
    await library.shelf.refresh()
    assert ids(await library.get(agent, "/v1/documents", tag=tag)) == []
    assert ids(await library.get(agent, "/v1/documents", tag=tag, state="in_review")) == [draft["id"]]
    assert set(ids(await library.get(agent, "/v1/documents", tag=tag, status=["draft", "in_review"]))) == {
        draft["id"],
        other["id"],
    }
    assert ids(await library.get(agent, "/v1/search/documents", q="done", tag=tag, state="in_review")) == [draft["id"]]
    assert (await library.get(agent, f"/v1/documents/{draft['id']}"))["status"] == "in_review"
    versions = await library.get(agent, f"/v1/documents/{draft['id']}/versions")
    assert [(version["number"], version["author"]["name"]) for version in versions["items"]] == [(1, "Agnes Agent")]
    for who, refused in ((customer, 403), (None, 401)):
        assert (await library.answer(who, f"/v1/documents/{draft['id']}")).status_code == 404
        assert (await library.answer(who, f"/v1/documents/{draft['id']}/versions")).status_code == refused
        assert (await library.answer(who, "/v1/documents", state="draft")).status_code == 403
        assert (await library.answer(who, "/v1/search/documents", q="done", state="draft")).status_code == 403


async def test_every_version_of_a_text_can_be_read_by_agents(library: Library, agent: Person, customer: Person) -> None:
    revision = {"author_id": agent["id"], "created_at": "2026-01-01T00:00:00Z"}
    revisions = [
        {**revision, "number": 2, "title": "Now", "published": False},
        {**revision, "number": 1, "title": "Then", "published": True},
    ]
    draft = await library.shelf.document(agent, draft=True, revision=2, revisions=revisions, body="new")
    german = await library.shelf.document(agent, draft=True, id=draft["id"], slug=draft["slug"], locale="de")
    for number, body in ((1, "old *text*"), (2, "new")):
        await library.shelf.version(draft, number, body)
    await library.shelf.version(german, 1, "alt")
    await library.shelf.refresh()
    path = f"/v1/documents/{draft['id']}/versions"
    then = await library.get(agent, f"{path}/1", locale="en")
    assert (then["number"], then["locale"], then["title"], then["body"]) == (1, "en", "Then", "old *text*")
    assert (then["author"]["name"], then["published"]) == ("Agnes Agent", True)
    assert (await library.get(agent, f"/v1/documents/{draft['slug']}/versions/2"))["body"] == "new"
    assert (await library.get(agent, f"{path}/1", locale="de"))["body"] == "alt"
    for missing in (f"{path}/3", f"{path}/0", f"{path}/1?locale=fr", f"/v1/documents/{new_id()}/versions/1"):
        assert (await library.answer(agent, missing)).status_code == 404
    assert (await library.answer(customer, f"{path}/1")).status_code == 403
    assert (await library.answer(None, f"{path}/1")).status_code == 401


async def test_a_text_that_is_not_in_the_index_yet_is_not_shown_as_empty(library: Library, agent: Person) -> None:
    draft = await library.shelf.document(agent, draft=True)
    await library.shelf.refresh()
    assert (await library.answer(agent, f"/v1/documents/{draft['id']}/versions/1")).status_code == 503


async def test_agents_read_what_readers_say_of_an_article(library: Library, agent: Person, customer: Person) -> None:
    draft = await library.shelf.document(agent, draft=True)
    other = await library.shelf.document(agent, draft=True)
    for document, helpful, comment in (
        (draft, True, ""),
        (draft, True, ""),
        (draft, False, ""),
        (draft, False, "first"),
        (draft, False, "second"),
        ({**draft, "locale": "de"}, False, "auf Deutsch"),
        (other, False, "elsewhere"),
    ):
        await library.shelf.vote(document, helpful, comment)
    await library.shelf.refresh()
    path = f"/v1/documents/{draft['id']}/feedback"
    said = await library.get(agent, path)
    assert (said["helpful_yes"], said["helpful_no"]) == (2, 4)
    assert [one["comment"] for one in said["items"]] == ["auf Deutsch", "second", "first"]
    english = await library.get(agent, path, locale="en", limit=1)
    assert (english["helpful_yes"], english["helpful_no"]) == (2, 3)
    assert [one["comment"] for one in english["items"]] == ["second"]
    rest = await library.get(agent, path, locale="en", limit=1, cursor=english["next"])
    assert ([one["comment"] for one in rest["items"]], rest["helpful_yes"]) == (["first"], 2)
    assert (await library.answer(agent, f"/v1/documents/{new_id()}/feedback")).status_code == 404
    assert (await library.answer(customer, path)).status_code == 403
    assert (await library.answer(None, path)).status_code == 401


async def test_a_published_document_hides_its_draft_unless_it_is_asked_for(library: Library, agent: Person) -> None:
    published = await library.shelf.document(agent, title="Published")
    await library.shelf.document(agent, draft=True, id=published["id"], title="Next")
    await library.shelf.refresh()
    path = f"/v1/documents/{published['id']}"
    assert (await library.get(agent, path))["title"] == "Published"
    assert (await library.get(agent, path, state="draft"))["title"] == "Next"


async def test_categories_are_a_tree_and_count_what_is_below_them(library: Library, agent: Person) -> None:
    tag = new_id()
    root = await library.shelf.category({"en": "Hardware", "de": "Geräte"}, position=1)
    child = await library.shelf.category({"en": "Printers"}, parent_id=root["id"])
    below = await library.shelf.document(agent, category_id=child["id"], tags=[tag])
    at_root = await library.shelf.document(agent, category_id=root["id"], tags=[tag])
    await library.shelf.document(agent, tags=[tag])
    await library.shelf.refresh()
    tree = await library.get(None, "/v1/categories", headers={"Accept-Language": "de-CH"})
    (shown,) = [category for category in tree["items"] if category["id"] == root["id"]]
    assert shown["name"] == "Geräte"
    assert [(branch["id"], branch["name"]) for branch in shown["children"]] == [(child["id"], "Printers")]
    assert set(ids(await library.get(None, "/v1/documents", tag=tag, category=root["id"]))) == {
        below["id"],
        at_root["id"],
    }
    found = await library.get(None, "/v1/search/documents", tag=tag, category=child["id"], facets="category")
    assert ids(found) == [below["id"]]
    assert found["facets"]["category"] == [{"value": child["id"], "name": "Printers", "count": 1}]
    assert ids(await library.get(None, "/v1/documents", tag=tag, category=new_id())) == []


async def test_words_are_found_in_the_language_of_the_document(library: Library, agent: Person) -> None:
    tag = new_id()
    german = await library.shelf.document(agent, locale="de", title="Verbindungen einrichten", body="x", tags=[tag])
    await library.shelf.refresh()
    for q in ("Verbindung", "verbindungn", "einrichten verbindung"):
        found = await library.get(None, "/v1/search/documents", q=q, tag=tag)
        assert ids(found) == [german["id"]], q
        assert "<em>Verbindungen</em>" in found["items"][0]["highlights"]["title"][0]


async def test_tickets_and_documents_are_found_together(library: Library, agent: Person, customer: Person) -> None:
    unique = f"q{new_id().replace('-', '')[:14]}"
    ticket = await library.shelf.ticket(customer, subject=unique)
    document_id = new_id()
    for locale in ("en", "de"):
        await library.shelf.document(agent, id=document_id, locale=locale, title=unique)
    await library.shelf.refresh()
    found = await library.get(agent, "/v1/search", q=unique)
    assert sorted((item["kind"], item["id"]) for item in found["items"]) == sorted(
        [("ticket", ticket["id"]), ("document", document_id), ("document", document_id)]
    )
    counts = {facet["value"]: facet["count"] for facet in found["facets"]["kind"]}
    assert counts == {"ticket": 1, "document": 2}
    assert all(item["highlights"] for item in found["items"])
    assert ids(await library.get(agent, "/v1/search", q=unique, kind="ticket")) == [ticket["id"]]
    assert ids(await library.get(agent, "/v1/search", q=f"{unique} status:open")) == [ticket["id"]]
    assert ids(await library.get(agent, "/v1/search", q=f"{unique} slug:nothing")) == []
    assert ids(await library.get(None, "/v1/search", q=unique)) == [document_id, document_id]
    assert (await library.answer(agent, "/v1/search", q="secret:1")).status_code == 422
    flat: list[str] = []
    page = await library.get(agent, "/v1/search", q=unique, limit=1)
    while True:
        flat += [f"{item['id']}{item['locale']}" for item in page["items"]]
        if page["next"] is None:
            break
        page = await library.get(agent, "/v1/search", q=unique, limit=1, cursor=page["next"])
    assert len(flat) == len(set(flat)) == 3


async def test_a_token_makes_a_document_visible(library: Library, agent: Person) -> None:
    tag = new_id()
    document = await library.shelf.document(agent, tags=[tag])
    headers = {"Consistency-Token": token_of("document", document), "Prefer": "wait=5"}
    for path in ("/v1/documents", "/v1/search/documents"):
        assert ids(await library.get(None, path, tag=tag, headers=headers)) == [document["id"]]
    assert (await library.get(None, f"/v1/documents/{document['slug']}", headers=headers))["id"] == document["id"]


async def test_suggestions_follow_what_is_typed(library: Library, agent: Person, customer: Person) -> None:
    unique = f"q{new_id().replace('-', '')[:18]}"
    ticket = await library.shelf.ticket(customer, subject=f"Broken {unique}")
    document = await library.shelf.document(agent, title=f"Mending {unique}")
    await library.shelf.refresh()
    for typed in (unique[:6], unique, f"brok {unique[:7]}"):
        offered = await library.get(customer, "/v1/suggest", q=typed)
        assert offered["items"][0]["title"] == f"Broken {unique}"
        assert offered["items"][0]["number"] == ticket["number"]
    assert ids(await library.get(None, "/v1/suggest", q=unique[:6])) == [document["id"]]
    assert ids(await library.get(agent, "/v1/suggest", q=unique[:6], kind="document")) == [document["id"]]
    for nothing in ("", "!!!", "status:open", '"'):
        assert (await library.get(None, "/v1/suggest", q=nothing))["items"] == []


async def test_ticket_fields(library: Library, agent: Person) -> None:
    field = await library.shelf.ticket_field(f"serial_{new_id()[:8]}")
    await library.shelf.refresh()
    listed = await library.get(agent, "/v1/ticket-fields")
    assert field["id"] in ids(listed)
    assert (await library.answer(None, "/v1/ticket-fields")).status_code == 401
