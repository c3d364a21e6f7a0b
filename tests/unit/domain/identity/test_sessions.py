from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity.sessions import REUSE_GRACE, Refresh, RefreshToken, Session, SessionTerms, make_room
from domain.shared.ids import uuid7
from tests.unit.domain.builders import NOW, REQUESTER, later, pulled

HOUR, HALF_HOUR = timedelta(hours=1), timedelta(minutes=30)
TERMS = SessionTerms(HOUR, HOUR)


def start() -> tuple[Session, RefreshToken]:
    session = Session.start(
        user_id=REQUESTER, at=NOW, terms=TERMS, user_agent="Fire\0fox\r\n \ud800" + "x" * 600, ip_address="::1"
    )
    session.pull_events()
    return session, session.issue(b"hash", at=NOW)


def test_a_session_starts_with_a_fixed_end() -> None:
    session = Session.start(user_id=REQUESTER, at=NOW, terms=TERMS)
    assert (session.expires_at, session.last_used_at, session.revoked_at) == (NOW + HOUR, NOW, None)
    (event,) = session.pull_events()
    assert (event.event_type(), event.data()) == ("SessionStarted", {"user_id": str(REQUESTER)})


def test_what_the_client_says_of_itself_is_made_storable() -> None:
    session, _ = start()
    assert session.user_agent.startswith("Firefox x")
    assert len(session.user_agent) == 512
    assert session.ip_address == "::1"


def test_a_token_ends_with_its_session() -> None:
    session, token = start()
    assert (token.session_id, token.token_hash, token.used_at) == (session.id, b"hash", None)
    assert session.issue(b"next", at=later(50)).expires_at == session.expires_at


def test_a_fresh_token_rotates() -> None:
    session, token = start()
    assert session.refresh(token, at=later(10), terms=TERMS) is Refresh.ROTATED
    assert session.last_used_at == later(10)
    assert session.expires_at == NOW + HOUR
    assert pulled(session) == ["SessionRefreshed"]


def test_a_token_sent_twice_at_once_is_no_theft() -> None:
    session, token = start()
    used = replace(token, used_at=later(10))
    assert session.refresh(used, at=later(10) + REUSE_GRACE, terms=TERMS) is Refresh.REPEATED
    assert session.is_live(later(11))
    assert not session.has_changes


def test_a_token_used_again_later_revokes_the_family() -> None:
    session, token = start()
    used = replace(token, used_at=later(10))
    at = later(10) + REUSE_GRACE + timedelta(microseconds=1)
    assert session.refresh(used, at=at, terms=TERMS) is Refresh.REUSED
    assert session.revoked_at == at
    (event,) = session.pull_events()
    assert event.data() == {"user_id": str(REQUESTER), "reason": "refresh_token_reused"}
    assert session.refresh(session.issue(b"other", at=NOW), at=later(12), terms=TERMS) is Refresh.ENDED


@pytest.mark.parametrize("minutes", [60, 61])
def test_an_expired_session_is_not_refreshed(minutes: int) -> None:
    session, token = start()
    assert not session.is_live(later(minutes))
    assert session.refresh(token, at=later(minutes), terms=TERMS) is Refresh.ENDED
    assert not session.has_changes


def test_neither_an_expired_nor_a_foreign_token_refreshes() -> None:
    session, token = start()
    assert session.refresh(replace(token, expires_at=later(5)), at=later(5), terms=TERMS) is Refresh.ENDED
    assert session.refresh(replace(token, session_id=uuid7()), at=later(5), terms=TERMS) is Refresh.ENDED


def test_a_revocation_happens_once() -> None:
    session, _ = start()
    session.revoke(at=later(1), reason="logout")
    session.revoke(at=later(2), reason="logout")
    assert session.revoked_at == later(1)
    assert pulled(session) == ["SessionRevoked"]
    assert not session.is_live(later(3))


def test_a_session_that_nobody_refreshes_ends_before_its_time() -> None:
    terms = SessionTerms(HOUR, HALF_HOUR)
    session = Session.start(user_id=REQUESTER, at=NOW, terms=terms)
    token = session.issue(b"hash", at=NOW)
    assert token.expires_at == NOW + HALF_HOUR
    assert session.is_live(later(29)) and not session.is_live(later(30))
    assert session.refresh(token, at=later(29), terms=terms) is Refresh.ROTATED
    assert session.issue(b"next", at=later(29)).expires_at == later(59)
    assert session.refresh(session.issue(b"last", at=later(29)), at=later(58), terms=terms) is Refresh.ROTATED
    # Never past its absolute end.
    assert session.issue(b"end", at=later(58)).expires_at == NOW + HOUR


def test_a_shorter_lifetime_of_a_new_role_counts_from_the_start() -> None:
    session, token = start()
    shorter = SessionTerms(HALF_HOUR, HALF_HOUR)
    assert session.refresh(token, at=later(29), terms=shorter) is Refresh.ROTATED
    assert session.expires_at == NOW + HALF_HOUR
    assert session.refresh(session.issue(b"next", at=later(29)), at=later(30), terms=shorter) is Refresh.ENDED
    longer = SessionTerms(2 * HOUR, 2 * HOUR)
    session, token = start()
    assert session.refresh(token, at=later(59), terms=longer) is Refresh.ROTATED
    assert session.expires_at == NOW + HOUR


@given(ages=st.lists(st.integers(0, 1_000), max_size=30), limit=st.integers(1, 25))
def test_room_is_made_for_one_more_by_ending_the_least_used(ages: list[int], limit: int) -> None:
    live = [replace_use(Session.start(user_id=REQUESTER, at=NOW, terms=TERMS), age) for age in ages]
    ended = make_room(live, limit=limit, at=NOW)
    kept = [session for session in live if session.revoked_at is None]
    assert len(kept) == min(len(live), limit - 1)
    assert len(ended) + len(kept) == len(live)
    if ended and kept:
        assert max(session.last_used_at for session in ended) <= min(session.last_used_at for session in kept)


def replace_use(session: Session, age_s: int) -> Session:
    session.last_used_at = NOW - timedelta(seconds=age_s)
    return session
