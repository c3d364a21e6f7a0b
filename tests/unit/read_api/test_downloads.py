from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from read_api.downloads import Part, asked_part, content_disposition
from runtime.problems import ProblemError

TAG = '"abc"'


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, Part(0, 99, 100)),
        ("bytes=0-9", Part(0, 9, 100)),
        ("bytes=90-", Part(90, 99, 100)),
        ("bytes=90-1000", Part(90, 99, 100)),
        ("bytes=-10", Part(90, 99, 100)),
        ("bytes=-1000", Part(0, 99, 100)),
        ("bytes=99-99", Part(99, 99, 100)),
        # What is no range, or several, asks for all of it.
        ("bytes=9-0", Part(0, 99, 100)),
        ("bytes=0-1,5-6", Part(0, 99, 100)),
        ("lines=0-9", Part(0, 99, 100)),
        ("bytes=a-b", Part(0, 99, 100)),
        ("bytes=-", Part(0, 99, 100)),
    ],
)
def test_the_part_that_is_asked_for(header: str | None, part: Part) -> None:
    assert asked_part(header, None, TAG, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"])
def test_bytes_that_there_are_not(header: str) -> None:
    with pytest.raises(ProblemError) as refused:
        asked_part(header, None, TAG, 100)
    assert refused.value.status == 416 and refused.value.headers["Content-Range"] == "bytes */100"


@pytest.mark.parametrize(("if_range", "is_part"), [(TAG, True), ('"other"', False), ("W/" + TAG, False)])
def test_a_range_of_another_file_is_all_of_this_one(if_range: str, is_part: bool) -> None:
    assert asked_part("bytes=0-9", if_range, TAG, 100).is_whole is not is_part


@given(st.text(max_size=40), st.integers(1, 10_000))
def test_a_part_lies_within_the_file(header: str, size_bytes: int) -> None:
    for asked in (header, f"bytes={header}"):
        try:
            part = asked_part(asked, None, TAG, size_bytes)
        except ProblemError:
            continue
        assert 0 <= part.first <= part.last < size_bytes
        assert part.is_whole is (part.size_bytes == size_bytes)


def test_a_name_in_the_header() -> None:
    assert (
        content_disposition('\u5199"; filename=evil.html.txt') == 'attachment; filename="___ filename=evil.html.txt"; '
        "filename*=UTF-8''%E5%86%99%22%3B%20filename%3Devil.html.txt"
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_every_name_comes_out_as_it_was_and_cannot_break_the_header(name: str) -> None:
    header = content_disposition(name)
    assert header.isascii() and not set("\r\n\0") & set(header)
    found = re.fullmatch(r"attachment; filename=\"([^\"\\]*)\"; filename\*=UTF-8''([A-Za-z0-9%_.~-]+)", header)
    assert found is not None and unquote(found[2]) == name
    parsed = Message()
    parsed["Content-Disposition"] = header
    assert parsed.get_content_disposition() == "attachment"
