from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.identity.sessions import REUSE_GRACE, Refresh, RefreshToken, Session
from domain.shared.ids import uuid7
from tests.unit.domain.builders import NOW, REQUESTER, later, pulled

HOUR = timedelta(hours=1)


def start() -> tuple[Session, RefreshToken]:
    session = Session.start(
        user_id=REQUESTER, at=NOW, lifetime=HOUR, user_agent="Fire\0fox\r\n \ud800" + "x" * 600, ip_address="::1"
    )
    session.pull_events()
    return session, session.issue(b"hash", at=NOW)


def test_a_session_starts_with_a_fixed_end() -> None:
    session = Session.start(user_id=REQUESTER, at=NOW, lifetime=HOUR)
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
    assert session.refresh(token, at=later(10)) is Refresh.ROTATED
    assert session.last_used_at == later(10)
    assert session.expires_at == NOW + HOUR
    assert pulled(session) == ["SessionRefreshed"]


def test_a_token_sent_twice_at_once_is_no_theft() -> None:
    session, token = start()
    used = replace(token, used_at=later(10))
    assert session.refresh(used, at=later(10) + REUSE_GRACE) is Refresh.REPEATED
    assert session.is_live(later(11))
    assert not session.has_changes


def test_a_token_used_again_later_revokes_the_family() -> None:
    session, token = start()
    used = replace(token, used_at=later(10))
    at = later(10) + REUSE_GRACE + timedelta(microseconds=1)
    assert session.refresh(used, at=at) is Refresh.REUSED
    assert session.revoked_at == at
    (event,) = session.pull_events()
    assert event.data() == {"user_id": str(REQUESTER), "reason": "refresh_token_reused"}
    assert session.refresh(session.issue(b"other", at=NOW), at=later(12)) is Refresh.ENDED


@pytest.mark.parametrize("minutes", [60, 61])
def test_an_expired_session_is_not_refreshed(minutes: int) -> None:
    session, token = start()
    assert not session.is_live(later(minutes))
    assert session.refresh(token, at=later(minutes)) is Refresh.ENDED
    assert not session.has_changes


def test_neither_an_expired_nor_a_foreign_token_refreshes() -> None:
    session, token = start()
    assert session.refresh(replace(token, expires_at=later(5)), at=later(5)) is Refresh.ENDED
    assert session.refresh(replace(token, session_id=uuid7()), at=later(5)) is Refresh.ENDED


def test_a_revocation_happens_once() -> None:
    session, _ = start()
    session.revoke(at=later(1), reason="logout")
    session.revoke(at=later(2), reason="logout")
    assert session.revoked_at == later(1)
    assert pulled(session) == ["SessionRevoked"]
    assert not session.is_live(later(3))
