from __future__ import annotations

from runtime.elasticsearch_nodes import REST_S, Nodes, is_unavailable, node_addresses

ONE, TWO, THREE = "http://one", "http://two", "http://three"


def test_addresses() -> None:
    assert node_addresses("http://one:9200/, http://two:9200") == ["http://one:9200", "http://two:9200"]


def test_nodes_take_turns() -> None:
    nodes = Nodes([ONE, TWO, THREE])
    assert [next(nodes.in_turn()) for _ in range(4)] == [ONE, TWO, THREE, ONE]
    assert list(nodes.in_turn()) == [TWO, THREE, ONE]


def test_who_failed_comes_last_for_a_while() -> None:
    now = 100.0
    nodes = Nodes([ONE, TWO, THREE], lambda: now)
    nodes.failed(ONE)
    now += 1
    nodes.failed(TWO)
    assert list(nodes.in_turn()) == [THREE, ONE, TWO]
    now += REST_S - 1
    # One has rested, two has not, and whose turn it is goes on.
    assert list(nodes.in_turn()) == [THREE, ONE, TWO]
    assert list(nodes.in_turn()) == [THREE, ONE, TWO]
    now += 1
    assert sorted(next(nodes.in_turn()) for _ in range(3)) == [ONE, THREE, TWO]


def test_the_only_one_is_asked_whatever_it_did() -> None:
    nodes = Nodes([ONE])
    nodes.failed(ONE)
    assert list(nodes.in_turn()) == [ONE]


def test_what_may_succeed_shortly() -> None:
    assert [status for status in (200, 400, 404, 409, 413, 429, 500, 502, 503, 504) if is_unavailable(status)] == [
        429,
        500,
        502,
        503,
        504,
    ]
