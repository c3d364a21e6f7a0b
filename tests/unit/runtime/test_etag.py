from __future__ import annotations

import pytest

from runtime.etag import ANY, NEVER, AnyVersion, etag, etag_of_shown, none_match, parse_if_match, require_if_match
from runtime.problems import ProblemError


def test_the_tag_of_a_version_is_strong_and_read_back() -> None:
    assert etag(17) == '"v17"'
    assert parse_if_match(etag(17)) == 17


def test_the_tag_of_an_answer_changes_with_what_it_shows_and_stands_for_its_version() -> None:
    before, after = etag_of_shown(17, b'{"name":"Old"}'), etag_of_shown(17, b'{"name":"New"}')
    assert before != after
    assert parse_if_match(before) == parse_if_match(after) == parse_if_match(f"{before}, {after}") == 17
    assert none_match(before, before) is False
    assert none_match(before, after) is none_match(etag(17), after) is True


@pytest.mark.parametrize(
    ("header", "version"),
    [
        *((None, None), ("*", ANY), (" * ", ANY), ('"v3"', 3), (' "v3" ', 3)),
        *(('"x", "v3"', 3), ('"v3" ,W/"v3"', 3), ('"v3","v3"', 3)),
        *(('W/"v3"', NEVER), ('"3"', NEVER), ('"v0"', NEVER), ('"v03"', NEVER), ('""', NEVER), ('"a,b"', NEVER)),
        *(('"v99999999999999999999"', NEVER), ('"v3."', NEVER), ('"v3.0123456789abcdeX"', NEVER)),
        *(('"v3.0123456789abcdef"', 3), ('W/"v3.0123456789abcdef"', NEVER)),
    ],
)
def test_if_match(header: str | None, version: int | AnyVersion | None) -> None:
    assert parse_if_match(header) == version


@pytest.mark.parametrize("header", ["", "v3", "3", '"v3', 'v3"', '"v3" "v4"', '"v3",', '*, "v3"', "w/*", '"v3", "v4"'])
def test_a_header_that_names_no_one_version_is_a_400(header: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_if_match(header)
    assert (refused.value.status, refused.value.code) == (400, "if_match.malformed")


def test_a_long_malformed_header_is_refused_quickly() -> None:
    with pytest.raises(ProblemError):
        parse_if_match('"a",' * 16_000 + "x")


def test_a_missing_header_is_a_428() -> None:
    with pytest.raises(ProblemError) as refused:
        require_if_match(None)
    assert (refused.value.status, refused.value.code) == (428, "if_match.required")
    assert require_if_match('"v2"') == 2


@pytest.mark.parametrize(
    ("header", "to_send"),
    [
        (None, True),
        ('"v2"', True),
        ('"v3"', False),
        ('W/"v3"', False),
        ('"v1", "v3"', False),
        ("*", False),
        ("v3", True),
    ],
)
def test_if_none_match(header: str | None, to_send: bool) -> None:
    assert none_match(header, '"v3"') is to_send
