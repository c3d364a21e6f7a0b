from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

from write_api.knowledge.voters import Voters

NOON = datetime(2026, 3, 31, 12, tzinfo=timezone.utc)
DOCUMENT, USER = UUID(int=1), UUID(int=2)
VOTERS = Voters("a secret")


def test_a_person_has_one_vote_on_a_document_for_ever() -> None:
    vote_id = VOTERS.vote_id(DOCUMENT, USER, "192.0.2.1", NOON)
    assert VOTERS.vote_id(DOCUMENT, USER, "192.0.2.2", NOON + timedelta(days=9)) == vote_id
    assert VOTERS.vote_id(UUID(int=3), USER, "192.0.2.1", NOON) != vote_id
    assert VOTERS.vote_id(DOCUMENT, UUID(int=4), "192.0.2.1", NOON) != vote_id


def test_a_stranger_has_one_vote_on_a_document_and_day() -> None:
    vote_id = VOTERS.vote_id(DOCUMENT, None, "192.0.2.1", NOON)
    assert VOTERS.vote_id(DOCUMENT, None, "192.0.2.1", NOON + timedelta(hours=11)) == vote_id
    assert VOTERS.vote_id(DOCUMENT, None, "192.0.2.1", NOON + timedelta(hours=13)) != vote_id
    assert VOTERS.vote_id(DOCUMENT, None, "192.0.2.2", NOON) != vote_id


def test_without_the_secret_nobody_finds_out_whose_it_is() -> None:
    assert Voters("another").vote_id(DOCUMENT, USER, "", NOON) != VOTERS.vote_id(DOCUMENT, USER, "", NOON)
