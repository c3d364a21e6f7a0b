from __future__ import annotations

from datetime import datetime

import pytest

from domain.knowledge.document import MAX_BODY_LENGTH, MAX_TITLE_LENGTH
from domain.knowledge.errors import TranslationNotFound
from domain.knowledge.translation import TranslationStatus
from domain.knowledge.visibility import MAX_GROUPS, DocumentVisibility
from domain.shared.errors import DomainError, WrongValue
from domain.shared.ids import uuid7
from tests.unit.domain.builders import AGENT, NOW, draft_document, later, published_document, pulled


def test_a_document_starts_as_a_draft() -> None:
    category_id = uuid7()
    document = draft_document(
        title=" Wi-Fi ", locale="de-at", visibility="agents", tags=["Net"], category_id=category_id, external_id="x:1"
    )
    assert (document.slug, document.default_locale, document.visibility) == (
        "wi-fi",
        "de-AT",
        DocumentVisibility.AGENTS,
    )
    assert (document.tags, document.category_id, document.external_id) == (("net",), category_id, "x:1")
    (revision,) = document.pull_new_revisions()
    assert (revision.locale, revision.number, revision.title, revision.body) == ("de-AT", 1, "Wi-Fi", "# Steps\n")
    assert document.translation().status is TranslationStatus.DRAFT
    assert document.translation().draft is revision
    assert document.pull_new_revisions() == []
    assert [(event.event_type(), event.data()) for event in document.pull_events()] == [
        (
            "DocumentCreated",
            {"slug": "wi-fi", "visibility": "agents", "group_ids": [], "locale": "de-AT", "title": "Wi-Fi"},
        ),
        ("DocumentDraftEdited", {"locale": "de-AT", "number": 1, "title": "Wi-Fi", "author_id": str(AGENT)}),
    ]


def test_a_slug_may_be_given() -> None:
    assert draft_document(slug="fire-safety").slug == "fire-safety"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"title": "x" * (MAX_TITLE_LENGTH + 1)}, "/title"),
        ({"body": ""}, "/body"),
        ({"body": "x" * (MAX_BODY_LENGTH + 1)}, "/body"),
        ({"body": "\0"}, "/body"),
        ({"locale": "english"}, "/locale"),
        ({"slug": "Not a slug"}, "/slug"),
        ({"visibility": "secret"}, "/visibility"),
        ({"visibility": "groups"}, "/group_ids"),
        ({"visibility": "groups", "group_ids": ["x"]}, "/group_ids/0"),
        ({"visibility": "groups", "group_ids": [uuid7() for _ in range(MAX_GROUPS + 1)]}, "/group_ids"),
        ({"visibility": "agents", "group_ids": [uuid7()]}, "/group_ids"),
        ({"tags": [1]}, "/tags/0"),
        ({"external_id": " "}, "/external_id"),
    ],
)
def test_bad_input_points_at_the_culprit(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(DomainError) as refusal:
        draft_document(**changes)
    assert refusal.value.pointer == pointer


def test_what_is_published_stays_up_while_a_draft_is_edited() -> None:
    document = published_document()
    revision = document.edit_draft(title="Second thoughts", author_id=AGENT, at=later())
    text = document.translation()
    assert text.published is not None
    assert (text.published.number, text.published.title) == (1, "Putting out printers")
    assert (revision.number, revision.body) == (2, "# Steps\n")
    assert text.status is TranslationStatus.DRAFT
    document.submit(at=later())
    document.approve(at=later())
    document.publish(at=later(5))
    assert (text.published, text.published_at) == (revision, later(5))


def test_an_edit_without_a_difference_is_none() -> None:
    document = published_document()
    assert document.edit_draft(title=" Putting out printers ", author_id=AGENT, at=later()).number == 1
    assert document.edit_draft(body="# Steps\n", author_id=AGENT, at=later()).number == 1
    assert not document.has_changes and document.pull_new_revisions() == []
    assert document.translation().status is TranslationStatus.PUBLISHED


def test_a_new_locale_has_its_own_course() -> None:
    document = published_document()
    document.edit_draft("de", title="Drucker löschen", body="# Schritte", author_id=AGENT, at=later())
    assert document.translation("de").draft.number == 1
    assert document.translation("DE").status is TranslationStatus.DRAFT
    assert document.translation().status is TranslationStatus.PUBLISHED
    document.submit("de", at=later())
    assert [event.data()["locale"] for event in document.pull_events()] == ["de", "de"]


def test_a_new_locale_needs_a_title_and_a_body() -> None:
    document = draft_document()
    with pytest.raises(DomainError) as refusal:
        document.edit_draft("de", title="Drucker", author_id=AGENT, at=later())
    assert refusal.value.pointer == "/body"
    assert list(document.translations) == ["en"]


def test_a_missing_locale_names_the_others() -> None:
    with pytest.raises(TranslationNotFound) as refusal:
        draft_document().submit("fr", at=NOW)
    assert refusal.value.details == {"locale": "fr", "locales": ["en"]}


def test_a_rejection_says_why_until_the_next_step() -> None:
    document = draft_document()
    document.submit(at=NOW)
    document.pull_events()
    document.reject(comment=" Too short. ", at=later())
    assert (document.translation().comment, document.translation().status) == ("Too short.", TranslationStatus.DRAFT)
    (event,) = document.pull_events()
    assert event.data() == {"locale": "en", "number": 1, "comment": "Too short."}
    document.submit(at=later())
    assert document.translation().comment == ""
    document.reject(comment="Still.", at=later())
    document.edit_draft(body="longer", author_id=AGENT, at=later())
    assert document.translation().comment == ""


def test_a_refused_comment_leaves_the_review_open() -> None:
    document = draft_document()
    document.submit(at=NOW)
    with pytest.raises(DomainError) as refusal:
        document.reject(comment="x" * 2_001, at=later())
    assert refusal.value.pointer == "/comment"
    assert document.translation().status is TranslationStatus.IN_REVIEW


def test_publishing_can_be_planned_and_moved() -> None:
    document = draft_document()
    document.submit(at=NOW)
    document.approve(at=NOW)
    document.pull_events()
    document.publish(at=NOW, publish_at=later(60))
    document.publish(at=NOW, publish_at=later(60))
    assert pulled(document) == ["DocumentScheduled"]
    document.publish(at=NOW, publish_at=later(30))
    (event,) = document.pull_events()
    assert event.data() == {"locale": "en", "number": 1, "comment": "", "publish_at": "2026-03-31T12:30:00Z"}
    assert document.publish_due(later(29)) == []
    assert not document.has_changes
    assert document.publish_due(later(30)) == ["en"]
    assert pulled(document) == ["DocumentPublished"]
    assert document.translation().published_at == later(30)
    assert document.publish_due(later(99)) == []


def test_a_planned_time_in_the_past_means_now() -> None:
    document = draft_document()
    document.submit(at=NOW)
    document.approve(at=NOW)
    document.publish(at=NOW, publish_at=later(-5))
    assert (document.translation().status, document.translation().published_at) == (TranslationStatus.PUBLISHED, NOW)


def test_a_planned_time_needs_a_zone() -> None:
    document = draft_document()
    document.submit(at=NOW)
    document.approve(at=NOW)
    with pytest.raises(WrongValue) as refusal:
        document.publish(at=NOW, publish_at=datetime(2026, 5, 1))
    assert refusal.value.pointer == "/publish_at"


def test_an_edit_calls_a_planned_publication_off() -> None:
    document = published_document()
    document.edit_draft(body="new", author_id=AGENT, at=NOW)
    document.submit(at=NOW)
    document.approve(at=NOW)
    document.publish(at=NOW, publish_at=later(60))
    document.edit_draft(body="newer", author_id=AGENT, at=NOW)
    assert document.publish_due(later(99)) == []
    published = document.translation().published
    assert published is not None and published.number == 1


def test_a_remark_about_a_step_is_kept_in_its_event() -> None:
    document = draft_document()
    document.submit(comment="Please look at the pictures.", at=NOW)
    document.approve(comment=" Fine. ", at=NOW)
    document.publish(comment="At last.", at=NOW)
    remarks = [event.data()["comment"] for event in document.pull_events()[-3:]]
    assert remarks == ["Please look at the pictures.", "Fine.", "At last."]
    assert document.translation().comment == ""


def test_unpublishing_tells_which_revision_went() -> None:
    document = published_document()
    document.edit_draft(body="new", author_id=AGENT, at=NOW)
    document.pull_events()
    document.unpublish(at=later())
    (event,) = document.pull_events()
    assert event.data() == {"locale": "en", "number": 1, "comment": ""}
    assert document.translation().published_at is None
    assert document.translation().draft.number == 2


def test_a_restored_text_has_to_be_reviewed_again() -> None:
    document = published_document()
    document.archive(at=later())
    text = document.translation()
    assert (text.published, text.published_at, text.archived) == (None, None, True)
    document.restore(at=later())
    assert text.status is TranslationStatus.DRAFT
    assert pulled(document) == ["DocumentArchived", "DocumentRestored"]


def test_an_import_takes_every_step_and_nothing_twice() -> None:
    document = draft_document()
    document.pull_events()
    text = {"title": "Putting out printers", "body": "# Steps\n"}
    document.import_published("en", **text, author_id=AGENT, at=later())
    assert pulled(document) == ["DocumentSubmitted", "DocumentApproved", "DocumentPublished"]
    document.import_published("en", **text, author_id=AGENT, at=later(2))
    assert not document.has_changes
    document.import_published("de", title="Drucker", body="Schritte", author_id=AGENT, at=later(3))
    assert document.translation("de").status is TranslationStatus.PUBLISHED
    assert len(document.pull_new_revisions()) == 2


def test_an_import_goes_on_from_where_the_draft_stands() -> None:
    document = draft_document()
    document.submit(at=NOW)
    document.approve(at=NOW)
    document.publish(at=NOW, publish_at=later(60))
    document.import_published("en", title="Putting out printers", body="# Steps\n", author_id=AGENT, at=later())
    assert document.translation().status is TranslationStatus.PUBLISHED
