from __future__ import annotations

from projector.relay.backlog import Backlog
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from projector.relay.lanes import Choice

ROWS = 100


class Watched(Backlog):
    def __init__(self) -> None:
        self.ended = 0
        super().__init__(self._count)

    def _count(self) -> None:
        self.ended += 1

    def batch(self, worker: int, claimed: int, choice: Choice | None = None) -> None:
        self.note(worker, choice or Choice(LIVE_LANE, [1, 2], ROWS), claimed, full_rows=ROWS)


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
