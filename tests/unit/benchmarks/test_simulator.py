"""The simulation against what is known of queues without any simulation."""

from __future__ import annotations

import math
import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scaling.batches import BatchStation
from benchmarks.scaling.simulator import Clock, Job, Station, arrivals, varying

LONG_S = 3_000.0


def run_one(servers: int, rate_per_s: float, mean_s: float, stages: int, seconds: float, seed: int = 7) -> Station:
    clock, chance = Clock(), random.Random(seed)
    station = Station(clock, "one", servers)
    takes_s = varying(mean_s, chance, stages) if stages else lambda: mean_s
    arrivals(clock, rate_per_s, seconds, chance, lambda job: station.enter(job, takes_s(), lambda _: None))
    clock.run(seconds)
    return station


def erlang_c(servers: int, offered: float) -> float:
    """The share of jobs that have to wait."""
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return last / (sum(offered**n / math.factorial(n) for n in range(servers)) + last)


@pytest.mark.parametrize("busy", [0.3, 0.6, 0.8])
def test_one_server_with_exponential_times(busy: float) -> None:
    station = run_one(1, busy * 10, 0.1, 1, LONG_S)
    assert station.stayed_s / station.left == pytest.approx(0.1 / (1 - busy), rel=0.1)


def test_one_server_with_constant_times_makes_wait_half_as_long() -> None:
    station = run_one(1, 7, 0.1, 0, LONG_S)
    assert station.stayed_s / station.left - 0.1 == pytest.approx(0.7 * 0.1 / (2 * 0.3), rel=0.1)


def test_several_servers_before_one_queue() -> None:
    servers, offered = 4, 3.2
    station = run_one(servers, offered * 10, 0.1, 1, LONG_S)
    waits_s = erlang_c(servers, offered) * 0.1 / (servers - offered)
    assert station.stayed_s / station.left - 0.1 == pytest.approx(waits_s, rel=0.15)


@given(
    servers=st.integers(1, 5),
    rate=st.floats(0.5, 60),
    mean_s=st.floats(0.001, 0.2),
    stages=st.integers(0, 4),
    seed=st.integers(0, 1000),
)
def test_nothing_appears_and_nothing_is_lost(servers: int, rate: float, mean_s: float, stages: int, seed: int) -> None:
    """Also where more comes than can be served."""
    clock, chance = Clock(), random.Random(seed)
    station = Station(clock, "one", servers)
    gone: list[Job] = []
    takes_s = varying(mean_s, chance, stages) if stages else lambda: mean_s
    arrivals(clock, rate, 10.0, chance, lambda job: station.enter(job, takes_s(), gone.append))
    clock.run(10.0)
    assert station.arrived == station.left + station.here
    assert station.left == len(gone)
    clock.run()
    assert (station.here, station.left) == (0, station.arrived)
    # Little's law, exactly: the jobs here, over the time, are the times of the jobs.
    assert station.area == pytest.approx(station.stayed_s)
    assert station.busy_s <= servers * clock.now_s + 1e-9


def test_a_station_is_busy_as_often_as_its_jobs_take() -> None:
    station = run_one(3, 20, 0.1, 4, LONG_S)
    assert station.busy_s / LONG_S == pytest.approx(station.left / LONG_S * 0.1, rel=0.02)


def test_where_more_comes_than_can_be_served_the_rest_waits() -> None:
    station = run_one(2, 30, 0.1, 4, 200.0)
    assert station.here == pytest.approx((30 - 20) * 200, rel=0.1)


@given(
    shards=st.integers(1, 8),
    workers=st.integers(1, 8),
    largest=st.integers(1, 20),
    keys=st.lists(st.integers(0, 1000), max_size=200),
)
def test_batches_lose_nothing_and_share_no_shard(shards: int, workers: int, largest: int, keys: list[int]) -> None:
    clock = Clock()
    station = BatchStation(clock, "projector", shards, workers, 0.02, 0.001, largest)
    ended: dict[int, list[float]] = {}
    order: dict[int, list[int]] = {}

    def done(place: int, key: int) -> None:
        ended.setdefault(key % shards, []).append(clock.now_s)
        order.setdefault(key % shards, []).append(place)

    def come(place: int, key: int) -> None:
        station.enter(Job(0.0, key), lambda _: done(place, key))

    for place, key in enumerate(keys):
        clock.at(place * 0.001, partial(come, place, key))
    clock.run()
    assert (station.arrived, station.left, station.here) == (len(keys), len(keys), 0)
    for times in ended.values():
        batches = sorted(set(times))
        assert all(times.count(end) <= largest for end in batches)
        # One batch of a shard after the other, each with its fixed time.
        assert all(later - end >= 0.02 for end, later in zip(batches, batches[1:]))
    assert all(places == sorted(places) for places in order.values())
