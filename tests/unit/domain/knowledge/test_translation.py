from __future__ import annotations

import itertools

import pytest

from domain.knowledge.document import Document
from domain.knowledge.errors import DocumentTransitionNotAllowed
from domain.knowledge.translation import Action, DraftState, Revision, Translation, TranslationStatus
from domain.shared.ids import uuid7
from tests.unit.domain.builders import AGENT, NOW, later

# Written out once more, so that a slip in the table shows. The second set: with an older revision up.
ALLOWED = {
    "draft": {"edit", "submit", "archive"},
    "in_review": {"edit", "approve", "reject", "archive"},
    "approved": {"edit", "publish", "archive"},
    "scheduled": {"edit", "publish", "unpublish", "archive"},
    "published": {"edit", "unpublish", "archive"},
    "archived": {"restore"},
}
LANDS_IN = {
    "edit": "draft",
    "submit": "in_review",
    "approve": "approved",
    "reject": "draft",
    "publish": "published",
    "archive": "archived",
    "restore": "draft",
}


def revision(number: int) -> Revision:
    return Revision("en", number, "Title", "Body", AGENT, NOW)


def translation(status: str, up: bool) -> Translation:
    published = revision(2) if status == "published" else revision(1) if up else None
    return Translation(
        locale="en",
        draft=revision(2),
        draft_state=DraftState({"scheduled": "approved", "archived": "draft"}.get(status, status)),
        published=published,
        published_at=NOW if published else None,
        publish_at=later(60) if status == "scheduled" else None,
        archived=status == "archived",
        updated_at=NOW,
    )


def document(status: str, up: bool) -> Document:
    text = translation(status, up)
    return Document(
        id=uuid7(), version=3, created_at=NOW, updated_at=NOW, slug="s", default_locale="en", translations={"en": text}
    )


def act(it: Document, action: str) -> None:
    if action == "edit":
        it.edit_draft(title="Other", author_id=AGENT, at=later())
    else:
        getattr(it, action)(at=later())


CASES = [
    (status, action, up)
    for status, action, up in itertools.product(ALLOWED, [action.value for action in Action], [False, True])
    if not (status == "archived" and up)
]


def is_allowed(status: str, action: str, up: bool) -> bool:
    return action in ALLOWED[status] or (action == "unpublish" and up)


@pytest.mark.parametrize(("status", "action", "up"), [case for case in CASES if is_allowed(*case)])
def test_an_allowed_action_leads_where_it_should(status: str, action: str, up: bool) -> None:
    it = document(status, up)
    act(it, action)
    (event,) = it.pull_events()
    text = it.translation()
    if action == "unpublish":
        assert text.published is None and text.publish_at is None
        assert text.status.value == {"published": "draft", "scheduled": "approved"}.get(status, status)
    else:
        assert text.status.value == LANDS_IN[action]
    assert text.updated_at == it.updated_at == event.occurred_at == later()


@pytest.mark.parametrize(("status", "action", "up"), [case for case in CASES if not is_allowed(*case)])
def test_a_forbidden_action_names_the_allowed_ones(status: str, action: str, up: bool) -> None:
    it = document(status, up)
    with pytest.raises(DocumentTransitionNotAllowed) as refusal:
        act(it, action)
    assert refusal.value.code == "document.transition_not_allowed"
    allowed = refusal.value.details["allowed"]
    assert isinstance(allowed, list)
    assert set(allowed) == {name for name in [one.value for one in Action] if is_allowed(status, name, up)}
    assert (refusal.value.details["status"], refusal.value.details["requested"]) == (status, action)
    assert not it.has_changes and it.pull_new_revisions() == []


@pytest.mark.parametrize("status", TranslationStatus)
def test_the_status_is_derived(status: TranslationStatus) -> None:
    assert translation(status.value, up=False).status is status
