from __future__ import annotations

from projector.relay.backlog import LATE_S, Backlog
from projector.relay.batch import BatchResult
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from projector.relay.lanes import Choice

ROWS = 100


class Watched(Backlog):
    def __init__(self) -> None:
        self.ended = 0
        super().__init__(self._count)

    def _count(self) -> None:
        self.ended += 1

    def batch(self, worker: int, claimed: int, choice: Choice | None = None, waited_s: float = 0.0) -> None:
        result = BatchResult(claimed, waited_s=waited_s)
        self.note(worker, choice or Choice(LIVE_LANE, [1, 2], ROWS), result, full_rows=ROWS)


def test_ends_with_the_last_worker_that_had_a_full_batch() -> None:
    backlog = Watched()
    grew = backlog.grew.ticket()
    backlog.batch(0, ROWS)
    assert backlog and grew.is_set()
    backlog.batch(1, ROWS)
    backlog.batch(0, 3)
    backlog.batch(2, 0, Choice(LIVE_LANE, [], ROWS))
    assert backlog and backlog.ended == 0, "one worker still has more than it can take at once"
    backlog.batch(1, 3)
    assert not backlog and backlog.ended == 1


def test_shards_that_somebody_else_holds_end_no_backlog() -> None:
    backlog = Watched()
    backlog.batch(0, ROWS)
    backlog.batch(0, 0)
    assert backlog and backlog.ended == 0
    backlog.batch(0, 0, Choice(LIVE_LANE, [], ROWS))
    assert not backlog and backlog.ended == 1


def test_a_small_batch_without_a_backlog_ends_nothing() -> None:
    backlog = Watched()
    backlog.batch(0, 1)
    assert not backlog and backlog.ended == 0


def test_a_full_piece_of_background_work_is_no_backlog() -> None:
    backlog = Watched()
    backlog.batch(0, 10, Choice(BACKGROUND_LANE, [1], 10))
    assert not backlog


def test_rows_that_waited_long_are_a_backlog_however_few_they_are() -> None:
    backlog = Watched()
    backlog.batch(0, 3, waited_s=LATE_S - 0.01)
    assert not backlog
    backlog.batch(0, 3, waited_s=LATE_S)
    assert backlog
    backlog.batch(0, 3)
    assert not backlog and backlog.ended == 1


def test_background_work_may_wait() -> None:
    backlog = Watched()
    backlog.batch(0, 10, Choice(BACKGROUND_LANE, [1], ROWS), waited_s=60)
    assert not backlog
