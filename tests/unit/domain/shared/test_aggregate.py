from __future__ import annotations

from datetime import timedelta

import pytest

from domain.shared.errors import VersionMismatch
from tests.unit.domain.builders import NOW, later, open_ticket, pulled, stored_ticket


def test_events_are_pulled_once() -> None:
    ticket = open_ticket()
    assert pulled(ticket) == ["TicketOpened"]
    assert pulled(ticket) == []


def test_an_aggregate_knows_whether_there_is_anything_to_save() -> None:
    assert open_ticket().has_changes
    assert not stored_ticket().has_changes


def test_only_a_save_raises_the_version() -> None:
    ticket = open_ticket()
    ticket.change({"subject": "Printer is out"}, at=later())
    assert ticket.version == 0
    ticket.saved()
    assert ticket.version == 1


def test_the_expected_version_must_be_the_stored_one() -> None:
    ticket = open_ticket()
    ticket.expect_version(0)
    with pytest.raises(VersionMismatch) as refusal:
        ticket.expect_version(3)
    assert refusal.value.current_version == 0


def test_time_never_goes_back() -> None:
    ticket = open_ticket()
    ticket.change({"subject": "Earlier, by another clock"}, at=NOW - timedelta(seconds=2))
    assert ticket.updated_at == NOW
    ticket.change({"subject": "Later"}, at=later(3))
    assert ticket.updated_at == later(3)


def test_aggregates_are_compared_by_identity() -> None:
    assert open_ticket(id=open_ticket().id) != open_ticket()
