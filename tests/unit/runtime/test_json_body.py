from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.json_body import MAX_DEPTH, parse_json
from runtime.problems import ProblemError
from runtime.types import MAX_BIGINT

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_BIGINT, MAX_BIGINT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8", min_codepoint=1)), inner),
)


@given(JSON_VALUES)
def test_honest_json_is_read_as_it_is(value: Any) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"{",
            b"",
            b"{}x",
            b"{'a':1}",
            b'{"a":1,}',
            b"[1,]",
            b"\xff",
            b"\xef\xbb\xbf{}",
            b'"\xed\xa0\x80"',
            b'"a\nb"',
        ),
        *(b"NaN", b"[Infinity]", b'{"a":-Infinity}', b"1e400", b"[-1e400]", b"01", b"+1", b".5", b"9" * 5_000),
        *(b'{"a":1,"a":1}', b'[{"x":{"b":1,"\\u0062":2}}]', "{}".encode("utf-16")),
    ],
)
def test_what_parsers_could_understand_differently_is_malformed(body: bytes) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_json(body)
    assert (refused.value.status, refused.value.code) == (400, "body.malformed")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b'{"a":["ok","\\ud800"]}', "/a/1", "value.not_text"),
        (b'{"a":{"b/c~":"\\u0000"}}', "/a/b~1c~0", "value.not_text"),
        (b'{"\\udfff":1}', "/?", "value.not_text"),
        (b'{"a":1000000000000000000000000000000}', "/a", "value.out_of_range"),
        (b"[9223372036854775808]", "/0", "value.out_of_range"),
        (b"-9223372036854775809", "", "value.out_of_range"),
    ],
)
def test_what_no_store_could_hold_is_refused_with_its_place(body: bytes, pointer: str, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_json(body)
    assert refused.value.status == 422
    (item,) = refused.value.body("/")["errors"]
    assert (item["pointer"], item["code"]) == (pointer, code)


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 2, 100_000])
def test_deep_nesting_is_refused(bracket: bytes, depth: int) -> None:
    closing = b"]" if bracket == b"[" else b"}"
    with pytest.raises(ProblemError) as refused:
        parse_json(bracket * depth + b"1" + closing * depth)
    assert refused.value.code == "body.too_deep"


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_many_names_of_which_the_last_repeats_are_refused_without_comparing_each_with_each() -> None:
    names = [f'"{number}":1' for number in range(100_000)]
    with pytest.raises(ProblemError, match="'99999' appears twice"):
        parse_json(("{" + ",".join([*names, names[-1]]) + "}").encode())


@pytest.mark.parametrize(
    "body", [b'{"name":"\\ud800"}', b'{"anything":["\\u0000"]}', b"{", b"[" * 100_000, b'{"a":1,"a":2}']
)
async def test_bad_bodies_are_problems_over_http(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/things", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_an_empty_body_is_missing(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "code": "field.required", "detail": "This is required."}]


async def test_a_route_without_a_body_ignores_one(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things/poke", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.json() == {"poked": "yes"}
