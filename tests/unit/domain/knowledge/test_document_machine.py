from __future__ import annotations

import json
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.knowledge.document import Document
from domain.knowledge.errors import DocumentTransitionNotAllowed, TranslationNotFound
from domain.knowledge.events import DocumentDraftEdited, DocumentPublished
from domain.knowledge.translation import Action, DraftState, Revision, TranslationStatus
from domain.shared.errors import DomainError
from tests.unit.domain.builders import AGENT, NOW

LOCALES = st.sampled_from([None, "en", "de", "fr"])
TEXTS = st.sampled_from(["one", "two", "three", ""])
STEPS = st.sampled_from(["submit", "approve", "reject", "unpublish", "archive", "restore"])


class DocumentMachine(RuleBasedStateMachine):
    """Any commands in any order; after each the document is saved as the unit of work does it."""

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = NOW
        self.revisions: dict[tuple[str, int], Revision] = {}
        self.approved: set[tuple[str, int]] = set()

    @initialize()
    def create(self) -> None:
        self.document = Document.create(title="Fire", body="one", locale="en", author_id=AGENT, at=self.at)
        self.save()

    def save(self) -> None:
        version, events = self.document.version, self.document.pull_events()
        revisions = self.document.pull_new_revisions()
        assert [(one.locale, one.number) for one in revisions] == [
            (event.locale, event.number) for event in events if isinstance(event, DocumentDraftEdited)
        ]
        for revision in revisions:
            key = (revision.locale, revision.number)
            assert key not in self.revisions
            assert revision.number == 1 or (revision.locale, revision.number - 1) in self.revisions
            self.revisions[key] = revision
        for event in events:
            json.dumps(event.data())
            if event.event_type() == "DocumentApproved":
                self.approved.add((event.locale, event.number))  # type: ignore[attr-defined]
            if isinstance(event, DocumentPublished):
                assert (event.locale, event.number) in self.approved
        if events:
            self.document.saved()
            assert self.document.version == version + 1

    def statuses(self) -> dict[str, TranslationStatus]:
        return {locale: text.status for locale, text in self.document.translations.items()}

    def attempt(self, action: Action, locale: str | None, command: str, **arguments: object) -> None:
        before = self.statuses()
        known = (locale or self.document.default_locale) in before
        allowed = known and action in self.document.translation(locale).allowed_actions
        try:
            getattr(self.document, command)(locale, **arguments)
        except DocumentTransitionNotAllowed as error:
            assert not allowed and error.details["requested"] == action.value
        except TranslationNotFound:
            assert not known
        except DomainError as error:
            assert error.pointer in ("/title", "/body")
        else:
            assert allowed or action is Action.EDIT
            self.save()
            return
        assert self.statuses() == before
        assert not self.document.has_changes and self.document.pull_new_revisions() == []

    @rule(minutes=st.integers(-1, 60))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(locale=LOCALES, title=TEXTS, body=TEXTS)
    def edit(self, locale: str | None, title: str, body: str) -> None:
        self.attempt(Action.EDIT, locale, "edit_draft", title=title, body=body, author_id=AGENT, at=self.at)

    @rule(locale=LOCALES, step=STEPS)
    def step(self, locale: str | None, step: str) -> None:
        self.attempt(Action(step), locale, step, at=self.at)

    @rule(locale=LOCALES, in_minutes=st.none() | st.integers(-5, 60))
    def publish(self, locale: str | None, in_minutes: int | None) -> None:
        publish_at = None if in_minutes is None else self.at + timedelta(minutes=in_minutes)
        self.attempt(Action.PUBLISH, locale, "publish", at=self.at, publish_at=publish_at)

    @rule(locale=LOCALES)
    def go_all_the_way(self, locale: str | None) -> None:
        for step in ("submit", "approve", "publish"):
            self.attempt(Action(step), locale, step, at=self.at)

    @rule()
    def publish_due(self) -> None:
        due = {
            locale
            for locale, text in self.document.translations.items()
            if text.publish_at is not None and text.publish_at <= self.at
        }
        assert set(self.document.publish_due(self.at)) == due
        self.save()

    @rule(tag=st.sampled_from(["a", "b"]))
    def tag(self, tag: str) -> None:
        self.document.change_metadata({"tags": [tag]}, at=self.at)
        self.save()

    @invariant()
    def fits_the_tables_constraints(self) -> None:
        for locale, text in self.document.translations.items():
            assert self.revisions[locale, text.draft.number] is text.draft
            assert (locale, text.draft.number + 1) not in self.revisions
            assert (text.published is None) == (text.published_at is None)
            assert not (text.archived and text.published is not None)
            assert text.published is None or self.revisions[locale, text.published.number] is text.published
            assert text.publish_at is None or text.draft_state is DraftState.APPROVED
            assert (text.draft_state is DraftState.PUBLISHED) == (text.published is text.draft)

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        assert self.document.default_locale in self.document.translations
        assert all(text.allowed_actions for text in self.document.translations.values())


TestDocumentMachine = DocumentMachine.TestCase
TestDocumentMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
