from __future__ import annotations

from runtime.presence import TYPING, VIEWING, Present, parse_presence_change, people_in

NOW_MS = 1_000_000


def test_of_a_person_in_several_tabs_the_one_that_types_counts() -> None:
    places = {
        b"ada|1": b"1030000:0",
        b"bo|1": b"1030000:0",
        b"bo|2": b"1020000:1004000",
        b"bo|3": b"1025000:1003000",
    }
    assert people_in(places, NOW_MS) == [Present("bo", TYPING, 4_000), Present("ada", VIEWING, 30_000)]


def test_whoever_falls_silent_only_looks_and_then_is_gone() -> None:
    places = {b"ada|1": b"1020000:1010000"}
    assert people_in(places, 1_009_999) == [Present("ada", TYPING, 1)]
    assert people_in(places, 1_010_000) == [Present("ada", VIEWING, 10_000)]
    assert people_in(places, 1_020_000) == []


def test_after_the_last_has_left_nobody_is_there() -> None:
    change = parse_presence_change({b"ticket": b"t", b"deciding": b'{"group_id":null}', b"people": b""})
    assert (change.ticket_id, change.people, change.deciding) == ("t", frozenset(), {"group_id": None})
