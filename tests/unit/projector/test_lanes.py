from __future__ import annotations

from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE, ReadyShards
from projector.relay.lanes import (
    BACKGROUND_ROWS,
    BACKGROUND_SHARE,
    HELD_UP_S,
    LARGEST_CREDIT_S,
    LIVE_FOR_S,
    Choice,
    HeldUp,
    Lanes,
)

ROWS = 1_000


class Clock:
    def __init__(self) -> None:
        self.time_s = 100.0

    def __call__(self) -> float:
        return self.time_s


def ready(*live: int, background: tuple[int, ...] = ()) -> ReadyShards:
    return ReadyShards(frozenset(live), frozenset(background))


def of_workers(count: int, clock: Clock | None = None) -> list[Lanes]:
    now = clock or Clock()
    held_up = HeldUp(now)
    return [Lanes(worker, count, held_up, now) for worker in range(count)]


def test_a_worker_takes_its_own_shards_first() -> None:
    _, lanes = of_workers(2)
    assert lanes.choose(ready(0, 1, 2, 3), ROWS, workers=2).shards == [1, 3]


def test_anothers_shard_is_taken_when_its_worker_is_held_up() -> None:
    clock = Clock()
    _, helper = of_workers(2, clock)
    assert helper.choose(ready(0), ROWS, workers=2).shards == []
    clock.time_s += HELD_UP_S - 0.01
    assert helper.choose(ready(0), ROWS, workers=2).shards == []
    clock.time_s += 0.01
    assert helper.choose(ready(0), ROWS, workers=2).shards == [0]
    # It has begun with it now.
    assert helper.choose(ready(0), ROWS, workers=2).shards == []


def test_one_worker_does_all_as_long_as_it_comes_round_however_much_there_is() -> None:
    clock = Clock()
    owner, *others = of_workers(3, clock)
    for _ in range(100):
        assert owner.choose(ready(*range(16)), ROWS, workers=1).shards == list(range(16))
        clock.time_s += HELD_UP_S / 2
        # New rows are there again, and those of the batch under way are not gone yet.
        assert [lanes.choose(ready(*range(16)), ROWS, workers=1).shards for lanes in others] == [[], []]


def test_a_shard_that_was_empty_meanwhile_was_not_held_up() -> None:
    clock = Clock()
    _, helper = of_workers(2, clock)
    helper.choose(ready(0), ROWS, workers=2)
    clock.time_s += HELD_UP_S
    helper.choose(ready(), ROWS, workers=2)
    assert helper.choose(ready(0), ROWS, workers=2).shards == []


def test_who_has_all_live_work_leaves_the_background_to_the_others() -> None:
    clock = Clock()
    owner, helper = of_workers(2, clock)
    clock.time_s += 1
    both = ready(0, 1, background=(4,))
    assert owner.choose(both, ROWS, workers=1).lane == LIVE_LANE
    assert helper.choose(both, ROWS, workers=1) == Choice(BACKGROUND_LANE, [4], BACKGROUND_ROWS)
    # In a backlog all of them have live work.
    assert owner.choose(both, ROWS, workers=2).lane == BACKGROUND_LANE


def test_in_a_backlog_some_shards_are_left_to_others_and_all_get_their_turn() -> None:
    (lanes,) = of_workers(1)
    seen = [lanes.choose(ready(*range(16)), ROWS, workers=1, is_backlog=True).shards for _ in range(2)]
    assert [len(shards) for shards in seen] == [8, 8]
    assert sorted(seen[0] + seen[1]) == list(range(16))
    assert lanes.choose(ready(3), ROWS, workers=1, is_backlog=True).shards == [3]


def test_while_live_work_comes_the_background_gets_its_share_of_the_time_and_no_more() -> None:
    clock = Clock()
    (lanes,), spent, began = of_workers(1, clock), {LIVE_LANE: 0.0, BACKGROUND_LANE: 0.0}, clock.time_s
    both = ready(*range(16), background=(4, 5, 6))
    shards: set[int] = set()
    while clock.time_s - began < 60:
        choice = lanes.choose(both, ROWS, workers=1)
        cost_s = 0.03 if choice.lane == BACKGROUND_LANE else 0.1
        if choice.lane == BACKGROUND_LANE:
            assert (len(choice.shards), choice.rows) == (1, BACKGROUND_ROWS)
            shards.update(choice.shards)
        clock.time_s += cost_s
        lanes.spent(choice.lane, cost_s)
        spent[choice.lane] += cost_s
    share = spent[BACKGROUND_LANE] / sum(spent.values())
    assert BACKGROUND_SHARE * 0.9 < share <= BACKGROUND_SHARE + (LARGEST_CREDIT_S + 0.03) / 60
    assert shards == {4, 5, 6}


def test_between_live_changes_the_background_waits_for_its_share_too() -> None:
    clock = Clock()
    (lanes,) = of_workers(1, clock)
    lanes.choose(ready(1), ROWS, workers=1)
    clock.time_s += 0.01
    assert lanes.choose(ready(background=(5,)), ROWS, workers=1).lane == BACKGROUND_LANE
    lanes.spent(BACKGROUND_LANE, 0.1)
    assert lanes.choose(ready(background=(5,)), ROWS, workers=1).shards == []
    clock.time_s += lanes.background_in_s + 0.001
    assert lanes.choose(ready(background=(5,)), ROWS, workers=1).shards == [5]


def test_without_live_work_the_background_gets_everything() -> None:
    clock = Clock()
    lanes, _ = of_workers(2, clock)
    lanes.choose(ready(0), ROWS, workers=2)
    clock.time_s += LIVE_FOR_S
    choice = lanes.choose(ready(background=(1, 2, 4)), ROWS, workers=2)
    assert (choice.lane, choice.shards, choice.rows) == (BACKGROUND_LANE, [2, 4], ROWS)
    assert lanes.choose(ready(background=(1, 3)), ROWS, workers=2).shards == [1, 3]
