from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.knowledge.errors import DocumentTransitionNotAllowed, TranslationNotFound
from domain.knowledge.events import (
    DocumentApproved,
    DocumentArchived,
    DocumentCreated,
    DocumentDraftEdited,
    DocumentMetadataChanged,
    DocumentPublished,
    DocumentRejected,
    DocumentRestored,
    DocumentScheduled,
    DocumentSubmitted,
    DocumentUnpublished,
    TranslationEvent,
    TranslationStep,
)
from domain.knowledge.slug import clean_slug, slug_for
from domain.knowledge.translation import Action, DraftState, Revision, Translation, TranslationStatus
from domain.knowledge.visibility import DocumentVisibility, check_groups, clean_group_ids
from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField, WrongValue
from domain.shared.ids import uuid7
from domain.shared.locale import normalise_locale
from domain.shared.tags import normalise_tags
from domain.shared.text import clean_text, optional_text
from domain.shared.values import to_enum, to_optional_uuid

MAX_TITLE_LENGTH = 255
MAX_BODY_LENGTH = 500_000
MAX_COMMENT_LENGTH = 2_000
CHANGEABLE = ("slug", "category_id", "visibility", "group_ids", "tags", "default_locale")


@dataclass(kw_only=True, eq=False)
class Document(Aggregate):
    """One article in one or more locales. Older revisions stay in the store; new ones wait for the repository."""

    aggregate_type = "document"

    slug: str
    category_id: UUID | None = None
    visibility: DocumentVisibility = DocumentVisibility.PUBLIC
    # Of the visibility "groups" only.
    group_ids: frozenset[UUID] = frozenset()
    default_locale: str
    tags: tuple[str, ...] = ()
    external_id: str | None = None
    translations: dict[str, Translation] = field(default_factory=dict)
    _new_revisions: list[Revision] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def create(
        cls,
        *,
        title: str,
        body: str,
        locale: str,
        author_id: UUID,
        at: datetime,
        slug: str | None = None,
        category_id: UUID | None = None,
        visibility: DocumentVisibility | str = DocumentVisibility.PUBLIC,
        group_ids: Iterable[UUID] = (),
        tags: Iterable[str] = (),
        external_id: str | None = None,
        id: UUID | None = None,
    ) -> Document:
        """Revision 1 in `locale`, a draft. Without a slug one is made from the title."""
        document_id = id or uuid7()
        clean_title = _clean_title(title)
        document = cls(
            id=document_id,
            created_at=at,
            updated_at=at,
            slug=slug_for(clean_title, document_id) if slug is None else clean_slug(slug),
            category_id=category_id,
            visibility=to_enum(DocumentVisibility, visibility, "/visibility"),
            group_ids=clean_group_ids(group_ids),
            default_locale=normalise_locale(locale),
            tags=normalise_tags(tags),
            external_id=optional_text(external_id, pointer="/external_id", max_length=255),
        )
        check_groups(document.visibility, document.group_ids)
        document.record(
            DocumentCreated(
                occurred_at=at,
                slug=document.slug,
                visibility=document.visibility.value,
                group_ids=document.group_ids,
                locale=document.default_locale,
                title=clean_title,
            )
        )
        document._write(document.default_locale, 1, clean_title, _clean_body(body), author_id, at)
        return document

    def translation(self, locale: str | None = None) -> Translation:
        """None means the default locale, here and in every command."""
        wanted = self.default_locale if locale is None else normalise_locale(locale)
        try:
            return self.translations[wanted]
        except KeyError:
            raise TranslationNotFound(wanted, self.translations) from None

    def edit_draft(
        self,
        locale: str | None = None,
        *,
        title: str | None = None,
        body: str | None = None,
        author_id: UUID,
        at: datetime,
    ) -> Revision:
        """A new revision, unless nothing differs; what is published stays up. A new locale needs title and body."""
        wanted = self.default_locale if locale is None else normalise_locale(locale)
        if wanted not in self.translations:
            return self._write(wanted, 1, _clean_title(title), _clean_body(body), author_id, at)
        translation = self._allow(wanted, Action.EDIT)
        newest = translation.draft
        new_title = newest.title if title is None else _clean_title(title)
        new_body = newest.body if body is None else _clean_body(body)
        if (new_title, new_body) == (newest.title, newest.body):
            return newest
        return self._write(wanted, newest.number + 1, new_title, new_body, author_id, at)

    def submit(self, locale: str | None = None, *, comment: str = "", at: datetime) -> None:
        """What the caller has to say about a step is kept in its event."""
        translation, remark = self._allow(locale, Action.SUBMIT), _clean_comment(comment)
        translation.draft_state = DraftState.IN_REVIEW
        translation.comment = ""
        self._step(DocumentSubmitted, translation, at, remark)

    def approve(self, locale: str | None = None, *, comment: str = "", at: datetime) -> None:
        """Who may approve whose draft is policies.may_review."""
        translation, remark = self._allow(locale, Action.APPROVE), _clean_comment(comment)
        translation.draft_state = DraftState.APPROVED
        self._step(DocumentApproved, translation, at, remark)

    def reject(self, locale: str | None = None, *, comment: str = "", at: datetime) -> None:
        translation, reason = self._allow(locale, Action.REJECT), _clean_comment(comment)
        translation.draft_state = DraftState.DRAFT
        translation.comment = reason
        self._step(DocumentRejected, translation, at, reason)

    def publish(
        self, locale: str | None = None, *, comment: str = "", at: datetime, publish_at: datetime | None = None
    ) -> None:
        """At once, or at `publish_at` if that is later than now; a planned time can be moved."""
        translation, remark = self._allow(locale, Action.PUBLISH), _clean_comment(comment)
        if publish_at is not None and publish_at.tzinfo is None:
            raise WrongValue(
                "A time with its zone is needed here, such as 2026-03-31T08:00:00Z.", pointer="/publish_at"
            )
        if publish_at is None or publish_at <= at:
            self._publish(translation, at, remark)
        elif publish_at != translation.publish_at:
            translation.publish_at = publish_at
            event = DocumentScheduled(
                occurred_at=at,
                locale=translation.locale,
                number=translation.draft.number,
                comment=remark,
                publish_at=publish_at,
            )
            self._record(event, translation)

    def publish_due(self, now: datetime) -> list[str]:
        """Publishes what was planned for `now` or before and answers in which locales."""
        due = [one for one in self.translations.values() if one.publish_at is not None and one.publish_at <= now]
        for translation in due:
            self._publish(translation, now)
        return [translation.locale for translation in due]

    def unpublish(self, locale: str | None = None, *, comment: str = "", at: datetime) -> None:
        """Takes down what is up and calls off what is planned."""
        translation, remark = self._allow(locale, Action.UNPUBLISH), _clean_comment(comment)
        number = (translation.published or translation.draft).number
        translation.take_down()
        event = DocumentUnpublished(occurred_at=at, locale=translation.locale, number=number, comment=remark)
        self._record(event, translation)

    def archive(self, locale: str | None = None, *, comment: str = "", at: datetime) -> None:
        translation, remark = self._allow(locale, Action.ARCHIVE), _clean_comment(comment)
        translation.take_down()
        # Whoever restores it years later should have it reviewed again.
        translation.draft_state = DraftState.DRAFT
        translation.archived = True
        self._step(DocumentArchived, translation, at, remark)

    def restore(self, locale: str | None = None, *, comment: str = "", at: datetime) -> None:
        translation, remark = self._allow(locale, Action.RESTORE), _clean_comment(comment)
        translation.archived = False
        self._step(DocumentRestored, translation, at, remark)

    def import_published(self, locale: str, *, title: str, body: str, author_id: UUID, at: datetime) -> None:
        """For imports: what was published elsewhere takes every step here by the same person, and nothing twice."""
        self.edit_draft(locale, title=title, body=body, author_id=author_id, at=at)
        translation = self.translation(locale)
        if translation.status is TranslationStatus.DRAFT:
            self.submit(locale, at=at)
        if translation.status is TranslationStatus.IN_REVIEW:
            self.approve(locale, at=at)
        if translation.status is not TranslationStatus.PUBLISHED:
            self.publish(locale, at=at)

    def change_metadata(self, changes: Mapping[str, object], *, at: datetime) -> None:
        visibility, group_ids = self.visibility, self.group_ids
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "slug":
                values[name] = clean_slug(value)
            elif name == "category_id":
                values[name] = to_optional_uuid(value, "/category_id")
            elif name == "visibility":
                values[name] = visibility = to_enum(DocumentVisibility, value, "/visibility")
            elif name == "group_ids":
                group_ids = clean_group_ids(value)
            elif name == "tags":
                values[name] = normalise_tags(() if value is None else value)
            elif name == "default_locale":
                values[name] = self.translation(normalise_locale(value, "/default_locale")).locale
            else:
                raise UnknownField(name, CHANGEABLE)
        if "group_ids" not in changes and visibility is not DocumentVisibility.GROUPS:
            group_ids = frozenset()
        check_groups(visibility, group_ids)
        if changed := self._assign({**values, "group_ids": group_ids}):
            self.record(DocumentMetadataChanged(occurred_at=at, changes=changed))

    def pull_new_revisions(self) -> list[Revision]:
        revisions, self._new_revisions = self._new_revisions, []
        return revisions

    def _allow(self, locale: str | None, action: Action) -> Translation:
        translation = self.translation(locale)
        allowed = translation.allowed_actions
        if action not in allowed:
            raise DocumentTransitionNotAllowed(
                locale=translation.locale,
                status=translation.status.value,
                action=action.value,
                allowed=[one.value for one in allowed],
            )
        return translation

    def _write(self, locale: str, number: int, title: str, body: str, author_id: UUID, at: datetime) -> Revision:
        revision = Revision(locale, number, title, body, author_id, at)
        if locale in self.translations:
            self.translations[locale].write(revision)
        else:
            self.translations[locale] = Translation(locale=locale, draft=revision, updated_at=at)
        self._new_revisions.append(revision)
        self._record(
            DocumentDraftEdited(occurred_at=at, locale=locale, number=number, title=title, author_id=author_id),
            self.translations[locale],
        )
        return revision

    def _publish(self, translation: Translation, at: datetime, comment: str = "") -> None:
        translation.publish(at)
        self._step(DocumentPublished, translation, at, comment)

    def _step(self, event: type[TranslationStep], translation: Translation, at: datetime, comment: str) -> None:
        number = translation.draft.number
        self._record(event(occurred_at=at, locale=translation.locale, number=number, comment=comment), translation)

    def _record(self, event: TranslationEvent, translation: Translation) -> None:
        translation.updated_at = max(translation.updated_at, event.occurred_at)
        self.record(event)


def _clean_title(value: object) -> str:
    return clean_text(value, pointer="/title", max_length=MAX_TITLE_LENGTH)


def _clean_body(value: object) -> str:
    return clean_text(value, pointer="/body", max_length=MAX_BODY_LENGTH, trim=False)


def _clean_comment(value: object) -> str:
    return clean_text(value, pointer="/comment", max_length=MAX_COMMENT_LENGTH, blank=True)
