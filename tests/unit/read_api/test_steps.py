"""Which kind of match ranks before which, whatever the texts are."""

from __future__ import annotations

import math

import pytest

from read_api.context import Caller
from read_api.knowledge.visibility import TEXT
from read_api.search.text import EXACT_STEP, MISSPELT_BOOST, STEMMED_STEP, TextFields
from read_api.tickets.queries import NUMBER_SCORE, PERSON_SCORE
from read_api.tickets.visibility import text_seen_by

SEARCHED = (TEXT, text_seen_by(Caller(user_id="me", role="agent")), text_seen_by(Caller(user_id="me", role="customer")))
DOCUMENTS = 10**8
# Elasticsearch's BM25 (k1 1.2): what one word is worth at most, that one document has many times in a short text.
MOST = 2.2 * math.log(1 + (DOCUMENTS - 0.5) / 1.5)


@pytest.mark.parametrize("fields", SEARCHED)
@pytest.mark.parametrize("words", [1, 2, 3, 4])
def test_all_words_as_typed_rank_before_one_of_them_inflected(fields: TextFields, words: int) -> None:
    exact, stemmed = (MOST * max(boosts.values()) for boosts in (fields.folded, fields.stemmed))
    assert words * EXACT_STEP > (words - 1) * (EXACT_STEP + exact) + STEMMED_STEP + stemmed


@pytest.mark.parametrize("fields", SEARCHED)
def test_an_inflected_word_ranks_before_a_misspelt_one(fields: TextFields) -> None:
    assert STEMMED_STEP > MISSPELT_BOOST * MOST * max(fields.folded.values())


def test_a_name_is_worth_the_word_and_a_number_more() -> None:
    exact = MOST * max(boost for fields in SEARCHED for boost in fields.folded.values())
    assert PERSON_SCORE == EXACT_STEP and NUMBER_SCORE > EXACT_STEP + exact
