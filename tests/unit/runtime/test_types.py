from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from runtime.types import Version
from tests.unit.runtime.api import Colour, NewThing, ThingPatch


class _Versioned(NewThing):
    version: Version


def _faults(model: type[Any], **values: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model.parse_obj(values)
    return sorted(str(fault["loc"][0]) for fault in refused.value.errors())


@pytest.mark.parametrize("name", ["", "x" * 21, 5, None, True, ["a"], b"bytes", "a\x00b", "\ud800"])
def test_texts_are_texts_within_their_limits(name: Any) -> None:
    assert _faults(NewThing, name=name) == ["name"]


def test_texts_are_kept_as_they_came() -> None:
    assert NewThing.parse_obj({"name": " ä😀 "}).name == " ä😀 "


@pytest.mark.parametrize("size", [5.0, "5", True, None, 2**63, -(2**63) - 1, 10**30])
def test_whole_numbers_are_whole_numbers_that_fit(size: Any) -> None:
    assert _faults(NewThing, name="n", size=size) == ["size"]


def test_versions_begin_with_one() -> None:
    assert _faults(_Versioned, name="n", version=0) == ["version"]
    assert _Versioned.parse_obj({"name": "n", "version": 1}).version == 1


def test_unknown_fields_are_refused() -> None:
    assert _faults(NewThing, name="n", role="admin", id=1) == ["id", "role"]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ana",
        "Ana <ana@example.com>",
        "a@b@c",
        "ana@",
        "a\x00@example.com",
        "ana@\ud800.com",
        5,
        "a" * 250 + "@e.com",
    ],
)
def test_one_plain_address_is_an_email(email: Any) -> None:
    assert _faults(NewThing, name="n", email=email) == ["email"]


def test_an_address_stays() -> None:
    assert NewThing.parse_obj({"name": "n", "email": "ana.m@example.com"}).email == "ana.m@example.com"


def test_a_long_text_of_spaces_is_refused_before_the_slow_pattern() -> None:
    with pytest.raises(ValidationError, match="at most 254 characters"):
        NewThing.parse_obj({"name": "n", "email": " " * 100_000})


def test_a_patch_tells_absent_from_null() -> None:
    assert ThingPatch.parse_obj({}).changes() == {}
    assert ThingPatch.parse_obj({"colour": None}).changes() == {"colour": None}
    assert ThingPatch.parse_obj({"colour": "red"}).changes() == {"colour": Colour.RED}


def test_null_clears_only_what_can_be_cleared() -> None:
    assert _faults(ThingPatch, name=None, colour=None) == ["name"]


async def test_a_patch_over_http_takes_both_media_types(client: httpx.AsyncClient) -> None:
    for media_type in ("application/json", "application/merge-patch+json"):
        answer = await client.patch(
            "/v1/things/01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11",
            content=b'{"colour":null}',
            headers={"Content-Type": media_type},
        )
        assert answer.json() == {"colour": None}
