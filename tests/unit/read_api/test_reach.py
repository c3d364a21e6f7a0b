from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from read_api.search.reach import FEW, Reach, further


def test_misspelt_words_are_looked_for_where_few_have_them_as_they_are_typed() -> None:
    assert further(Reach.TYPED, FEW, ["printer"]) is None
    assert further(Reach.TYPED, FEW - 1, ["printer"]) is Reach.MISSPELT
    assert further(Reach.MISSPELT, FEW - 1, ["printer"]) is None


def test_numbers_are_not_misspelt() -> None:
    assert further(Reach.TYPED, 1, ["4711", "sn-22"]) is None
    assert further(Reach.TYPED, 0, ["4711", "sn-22"]) is Reach.SOME
    assert further(Reach.TYPED, 1, ["4711", "printer"]) is Reach.MISSPELT


def test_words_are_given_up_only_where_nothing_has_them_all() -> None:
    assert further(Reach.MISSPELT, 0, ["printer", "toner"]) is Reach.SOME
    assert further(Reach.MISSPELT, 1, ["printer", "toner"]) is None
    assert further(Reach.MISSPELT, 0, ["printer"]) is None
    assert further(Reach.TYPED, 0, []) is None


@given(
    reach=st.sampled_from(Reach), found=st.integers(0, 10_000), words=st.lists(st.sampled_from(["a", "7"]), max_size=4)
)
def test_it_never_goes_back_and_so_comes_to_an_end(reach: Reach, found: int, words: list[str]) -> None:
    more = further(reach, found, words)
    assert more is None or more > reach
