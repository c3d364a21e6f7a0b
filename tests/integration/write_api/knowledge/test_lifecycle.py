from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from runtime.markdown import RENDERER_VERSION
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.knowledge.desk import approved, draft, published, step, write
from tests.integration.write_api.rows import event_data, event_types, one_row, pending
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool


async def translation(pool: Pool, document_id: str, locale: str = "en") -> dict[str, Any]:
    return await one_row(
        pool,
        "SELECT draft_number, draft_state, published_number, comment, archived FROM document_translations"
        " WHERE document_id = $1 AND locale = $2",
        UUID(document_id),
        locale,
    )


async def test_from_the_first_draft_to_the_archive(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    document_id = await draft(agent)
    version, seen = 1, []
    for who, name in (
        (agent, "submit"),
        (reviewer, "reject"),
        (agent, "submit"),
        (reviewer, "approve"),
        (agent, "publish"),
        (agent, "unpublish"),
        (agent, "archive"),
        (agent, "restore"),
    ):
        answer = await step(who, document_id, name, version)
        body = expect(answer)
        version += 1
        assert (body["version"], answer.headers["etag"]) == (version, f'"v{version}"')
        seen.append(body["status"])
    assert seen == ["in_review", "draft", "in_review", "approved", "published", "draft", "archived", "draft"]
    types = [
        "DocumentCreated",
        "DocumentDraftEdited",
        "DocumentSubmitted",
        "DocumentRejected",
        "DocumentSubmitted",
        "DocumentApproved",
        "DocumentPublished",
        "DocumentUnpublished",
        "DocumentArchived",
        "DocumentRestored",
    ]
    assert await event_types(pool, document_id) == types
    assert [version for _, version, _ in await pending(pool, document_id)] == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert {kind for kind, _, _ in await pending(pool, document_id)} == {"document"}


async def test_what_is_published_stays_up_while_a_draft_is_written(
    agent: Someone, reviewer: Someone, pool: Pool
) -> None:
    document_id = await published(agent, reviewer)
    body = expect(await write(agent, document_id, 4))
    assert (body["version"], body["status"], body["revision"]) == (5, "draft", 2)
    state = await translation(pool, document_id)
    assert (state["draft_number"], state["published_number"]) == (2, 1)
    expect(await step(agent, document_id, "submit", 5))
    expect(await step(reviewer, document_id, "approve", 6))
    expect(await step(agent, document_id, "publish", 7))
    state = await translation(pool, document_id)
    assert (state["draft_number"], state["published_number"], state["draft_state"]) == (2, 2, "published")


async def test_a_text_is_rendered_once_when_it_is_written(agent: Someone, pool: Pool) -> None:
    document_id = await draft(agent, title="Printers", body="# Turn it *off*\n\n<script>alert(1)</script>")
    row = await one_row(
        pool,
        "SELECT title, body, html, plain_text, renderer_version, author_id FROM document_revisions"
        " WHERE document_id = $1",
        UUID(document_id),
    )
    assert (row["title"], row["body"]) == ("Printers", "# Turn it *off*\n\n<script>alert(1)</script>")
    assert "<h1>Turn it <em>off</em></h1>" in row["html"] and "<script" not in row["html"]
    assert row["plain_text"].startswith("Turn it off\n")
    assert (row["renderer_version"], row["author_id"]) == (RENDERER_VERSION, agent.user.id)


async def test_the_same_text_again_is_no_new_revision(agent: Someone, pool: Pool) -> None:
    document_id = await draft(agent, title="Printers", body="Off and on.")
    body = expect(await write(agent, document_id, 1, title="Printers", body="Off and on."))
    assert (body["version"], body["revision"]) == (1, 1)
    assert len(await pending(pool, document_id)) == 2


async def test_every_locale_goes_its_own_way(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    document_id = await published(agent, reviewer)
    body = expect(await write(agent, document_id, 4, title="Drucker", body="Aus und an.", locale="DE"))
    assert (body["locale"], body["status"], body["revision"]) == ("de", "draft", 1)
    expect(await step(agent, document_id, "submit", 5, locale="de"))
    assert (await translation(pool, document_id, "de"))["draft_state"] == "in_review"
    assert (await translation(pool, document_id, "en"))["published_number"] == 1
    missing = await step(agent, document_id, "submit", 6, locale="fr")
    assert (missing.status_code, missing.json()["code"]) == (404, "document.translation_not_found")
    assert missing.json()["errors"][0]["pointer"] == "/locale"


async def test_a_comment_is_kept(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    document_id = await draft(agent)
    expect(await step(agent, document_id, "submit", 1, comment="Please check the pictures."))
    expect(await step(reviewer, document_id, "reject", 2, comment="The second one is missing."))
    assert (await translation(pool, document_id))["comment"] == "The second one is missing."
    submitted = await event_data(pool, document_id, "DocumentSubmitted")
    assert submitted["comment"] == "Please check the pictures."


async def test_a_forbidden_step_names_the_allowed_ones(agent: Someone) -> None:
    document_id = await draft(agent)
    problem = (refused := await step(agent, document_id, "publish", 1)).json()
    assert (refused.status_code, problem["code"]) == (409, "document.transition_not_allowed")
    assert problem["allowed"] == ["edit", "submit", "archive"]


async def test_nobody_but_an_admin_approves_the_own_draft(agent: Someone, admin: Someone) -> None:
    document_id = await draft(agent)
    expect(await step(agent, document_id, "submit", 1))
    refused = await step(agent, document_id, "approve", 2)
    assert (refused.status_code, refused.json()["code"]) == (403, "document.self_approval_forbidden")
    admins_own = await draft(admin)
    expect(await step(admin, admins_own, "submit", 1))
    expect(await step(admin, admins_own, "approve", 2))


async def test_a_step_builds_on_a_version_and_needs_no_body(agent: Someone) -> None:
    document_id = await draft(agent)
    url = f"/v1/documents/{document_id}/submit"
    assert (await agent.client.post(url)).status_code == 428
    assert (await agent.client.post(url, headers={"If-Match": '"v2"'})).status_code == 412
    assert (await agent.client.post(url, headers={"If-Match": '"v1"'})).status_code == 200


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("publish", {"publish_at": "2031-03-01T08:00:00"}, "value.invalid"),
        ("publish", {"publish_at": 1_900_000_000}, "value.invalid"),
        ("publish", {"publish_at": "9999-12-31T23:59:59-12:00"}, "value.invalid"),
        ("publish", {"publish_at": "soon"}, "value.invalid"),
        ("approve", {"publish_at": "2031-03-01T08:00:00Z"}, "field.unknown"),
    ],
)
async def test_a_time_that_is_none_is_refused(
    agent: Someone, reviewer: Someone, name: str, body: dict[str, Any], code: str
) -> None:
    document_id = await approved(agent, reviewer)
    answer = await step(agent, document_id, name, 3, **body)
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, "/publish_at", code)
