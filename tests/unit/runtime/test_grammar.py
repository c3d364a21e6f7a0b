from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.search.grammar import MAX_CHARACTERS, MAX_TERMS, Comparison, InvalidQuery, Phrase, Query, Word, parse


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("printer jam", Query((Word("printer"), Word("jam")))),
        ('"paper jam"', Query(phrases=(Phrase("paper jam"),))),
        ("“paper jam”", Query(phrases=(Phrase("paper jam"),))),
        ('printer "paper jam', Query((Word("printer"),), (Phrase("paper jam"),))),
        ('a"b c"d', Query((Word("a"), Word("d")), (Phrase("b c"),))),
        ("printer -scanner", Query((Word("printer"), Word("scanner", negated=True)))),
        ('-"paper jam"', Query(phrases=(Phrase("paper jam", negated=True),))),
        ("wi-fi", Query((Word("wi-fi"),))),
        ("printer - scanner", Query((Word("printer"), Word("scanner")))),
        ("status:open", Query(comparisons=(Comparison("status", ":", "open"),))),
        ("Status:open", Query(comparisons=(Comparison("status", ":", "open"),))),
        ("-status:open", Query(comparisons=(Comparison("status", ":", "open", negated=True),))),
        ('assignee:"Jane Doe"', Query(comparisons=(Comparison("assignee", ":", "Jane Doe", quoted=True),))),
        ('subject:"half', Query(comparisons=(Comparison("subject", ":", "half", quoted=True),))),
        ("created>2026-01-01", Query(comparisons=(Comparison("created", ">", "2026-01-01"),))),
        ("created>=2026", Query(comparisons=(Comparison("created", ">=", "2026"),))),
        ("created<2026", Query(comparisons=(Comparison("created", "<", "2026"),))),
        ("created<=2026", Query(comparisons=(Comparison("created", "<=", "2026"),))),
        ("custom.serial_no:42", Query(comparisons=(Comparison("custom.serial_no", ":", "42"),))),
    ],
)
def test_parses(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize("text", ["http://example.org", "12:30", "Re: printer", "std::vector", "a->b", "<b>", ":", "-"])
def test_what_only_looks_like_a_comparison_is_text(text: str) -> None:
    assert parse(text).comparisons == ()


@pytest.mark.parametrize("text", ["!!!", '"', '""', "-", "- -", "…"])
def test_what_cannot_be_looked_for_finds_nothing_rather_than_everything(text: str) -> None:
    assert parse(text) == Query(unsearchable=True)


def test_emoji_can_be_looked_for() -> None:
    assert parse("🖨") == Query((Word("🖨"),))


def test_long_queries_are_refused() -> None:
    assert len(parse(" ".join("a" * MAX_TERMS)).words) == MAX_TERMS
    for text in ("a " * (MAX_TERMS + 1), "a" * (MAX_CHARACTERS + 1)):
        with pytest.raises(InvalidQuery) as refused:
            parse(text)
        assert refused.value.code == "query_too_long"


@given(st.text(alphabet=st.characters(), max_size=MAX_CHARACTERS))
@example('-"')
@example("a:-b")
@example("\x00")
def test_any_text_is_understood_or_refused_for_its_length(text: str) -> None:
    try:
        query = parse(text)
    except InvalidQuery as refused:
        assert refused.code == "query_too_long"
    else:
        assert len(query.words) + len(query.phrases) + len(query.comparisons) <= MAX_TERMS
        nothing = not (query.words or query.phrases or query.comparisons)
        assert query.unsearchable == (nothing and text.strip() != "")
