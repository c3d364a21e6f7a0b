from __future__ import annotations

import pytest

from domain.knowledge.errors import DocumentNotFound, FeedbackCommentUnexpected
from domain.knowledge.feedback import MAX_FEEDBACK_LENGTH, Vote, vote_on
from domain.shared.locale import LocaleInvalid
from domain.shared.text import TextTooLong
from tests.unit.domain.builders import AGENT, draft_document, later, published_document


def test_a_reader_says_whether_a_published_text_helped() -> None:
    document = published_document()
    assert vote_on(document, helpful=True, at=later()) == Vote(document.id, "en", True, "", later())
    said = vote_on(document, helpful=False, comment="  And then?  ", locale="EN", at=later())
    assert (said.locale, said.helpful, said.comment) == ("en", False, "And then?")


def test_a_comment_belongs_to_a_no() -> None:
    with pytest.raises(FeedbackCommentUnexpected):
        vote_on(published_document(), helpful=True, comment="Thanks!", at=later())
    assert vote_on(published_document(), helpful=True, comment="   ", at=later()).comment == ""


def test_a_comment_has_an_end() -> None:
    with pytest.raises(TextTooLong):
        vote_on(published_document(), helpful=False, comment="x" * (MAX_FEEDBACK_LENGTH + 1), at=later())


def test_what_is_not_published_is_not_there() -> None:
    document = published_document()
    document.edit_draft("de", title="Drucker löschen", body="Schritte", author_id=AGENT, at=later())
    for unpublished, locale in ((draft_document(), None), (document, "de"), (document, "fr")):
        with pytest.raises(DocumentNotFound):
            vote_on(unpublished, helpful=True, locale=locale, at=later())
    with pytest.raises(LocaleInvalid):
        vote_on(document, helpful=True, locale="?", at=later())
