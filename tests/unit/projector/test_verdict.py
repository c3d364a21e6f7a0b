from __future__ import annotations

from uuid import UUID

import pytest

from projector.relay.project import DocumentKey, Projected
from projector.relay.settle import MAX_ATTEMPTS
from projector.relay.verdict import judge
from projector.sinks.bulk import Failure, Fate
from projector.sinks.redis import Update
from tests.unit.projector.rows import outbox_row

TICKET, OTHER, MESSAGE, EVENT = (UUID(int=number) for number in range(1, 5))


def projected(**failures: Fate) -> Projected:
    """Of a ticket with one message and one event, and of another ticket."""
    keys = {
        "ticket": DocumentKey("tickets", str(TICKET), TICKET),
        "other": DocumentKey("tickets", str(OTHER), OTHER),
        "message": DocumentKey("messages", str(MESSAGE), MESSAGE),
        "event": DocumentKey("history", str(EVENT), EVENT),
    }
    return Projected(
        documents=list(keys.values()),
        failures={keys[name]: Failure(fate, f"{name} {fate.name}") for name, fate in failures.items()},
        updates={id_: Update("ticket", id_, 1) for id_ in (TICKET, OTHER)},
        roots={MESSAGE: TICKET},
    )


ROWS = [
    outbox_row("message", MESSAGE, 1),
    outbox_row("ticket", TICKET, 2, event_id=EVENT),
    outbox_row("ticket", OTHER, 3),
]


def ids(rows: list[object]) -> list[int]:
    return sorted(row["id"] for row in rows)  # type: ignore[index]


def test_what_was_written_is_done_and_shown() -> None:
    verdict = judge(ROWS, projected())
    assert ids([*verdict.done]) == [1, 2, 3]
    assert {update.aggregate_id for update in verdict.updates} == {TICKET, OTHER}
    assert not verdict.is_busy


def test_rows_of_a_busy_store_stay_as_they_are() -> None:
    verdict = judge(ROWS, projected(ticket=Fate.BUSY))
    assert ids([*verdict.done]) == [1, 3]
    assert not verdict.retries
    assert not verdict.dead
    assert verdict.is_busy


@pytest.mark.parametrize("fate", [Fate.BUSY, Fate.FAILED])
def test_a_ticket_is_not_shown_before_its_message(fate: Fate) -> None:
    verdict = judge(ROWS, projected(message=fate))
    assert ids([*verdict.done]) == [3]
    assert [update.aggregate_id for update in verdict.updates] == [OTHER]
    waiting = [retry for retry in verdict.retries if retry.row["aggregate_id"] == TICKET]
    if fate is Fate.FAILED:
        (retry,) = waiting
        assert not retry.counts
        assert retry.pause == verdict.retries[0].pause
    else:
        assert waiting == []


def test_a_refused_document_is_a_dead_letter_at_once() -> None:
    verdict = judge(ROWS, projected(ticket=Fate.REFUSED))
    assert ids([*verdict.done]) == [1, 2, 3]
    (dead,) = verdict.dead
    assert (dead.projection, dead.document_id, dead.reason) == ("tickets", str(TICKET), "ticket REFUSED")
    # A waiting reader is not told that it is visible.
    assert [update.aggregate_id for update in verdict.updates] == [OTHER]


def test_a_refused_line_of_history_does_not_hide_its_ticket() -> None:
    verdict = judge(ROWS, projected(event=Fate.REFUSED))
    assert [dead.projection for dead in verdict.dead] == ["history"]
    assert {update.aggregate_id for update in verdict.updates} == {TICKET, OTHER}


def test_a_line_of_history_that_may_still_be_written_keeps_its_ticket_waiting() -> None:
    verdict = judge(ROWS, projected(event=Fate.FAILED))
    assert [retry.row["id"] for retry in verdict.retries] == [2]
    assert [update.aggregate_id for update in verdict.updates] == [OTHER]


def test_the_last_attempt_ends_as_a_dead_letter() -> None:
    rows = [outbox_row("ticket", TICKET, 1, attempts=MAX_ATTEMPTS - 1)]
    verdict = judge(rows, projected(ticket=Fate.FAILED))
    assert verdict.retries == []
    assert [dead.reason for dead in verdict.dead] == ["ticket FAILED"]


def test_all_rows_of_one_aggregate_share_its_fate() -> None:
    rows = [outbox_row("ticket", TICKET, version) for version in (1, 2, 3)]
    verdict = judge(rows, projected(ticket=Fate.FAILED))
    assert [retry.row["id"] for retry in verdict.retries] == [1, 2, 3]
    assert len({retry.pause for retry in verdict.retries}) == 1


def test_a_busy_message_outweighs_one_that_failed() -> None:
    second = UUID(int=9)
    result = projected(message=Fate.FAILED)
    key = DocumentKey("messages", str(second), second)
    result.failures[key] = Failure(Fate.BUSY, "busy")
    result.roots[second] = TICKET
    for rows in ([*ROWS, outbox_row("message", second, 4)], [outbox_row("message", second, 4), *ROWS]):
        verdict = judge(rows, result)
        assert [retry.row["aggregate_id"] for retry in verdict.retries] == [MESSAGE]
