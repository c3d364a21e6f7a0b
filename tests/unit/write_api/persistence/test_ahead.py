from __future__ import annotations

from write_api.persistence.ahead import beside_of, side_by_side


def test_the_second_query_keeps_its_own_parameters() -> None:
    both = side_by_side("SELECT role AS own__role FROM users WHERE id = $1 AND name = $2", 2, "SELECT $1, x FROM t")
    assert "WHERE id = $1 AND name = $2" in both
    assert "SELECT $3, x FROM t" in both


def test_a_row_is_taken_apart_again() -> None:
    row = {"own__role": "agent", "beside__found": True, "role": None, "number": 7}
    assert beside_of(row) == {"role": None, "number": 7}


def test_a_row_of_nothing_but_null_is_a_row_and_none_is_none() -> None:
    assert beside_of({"own__role": "agent", "beside__found": True, "role": None}) == {"role": None}
    assert beside_of({"own__role": "agent", "beside__found": None, "role": None}) is None
