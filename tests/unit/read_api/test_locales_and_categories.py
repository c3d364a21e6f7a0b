from __future__ import annotations

from typing import Any

import pytest

from read_api.knowledge.categories import category_name, descendants, tree
from read_api.locales import accepted, choose, languages
from read_api.times import utc
from runtime.times import parse_moment


@pytest.mark.parametrize(
    ("header", "locales"),
    [
        (None, ()),
        ("de", ("de",)),
        ("de-CH, fr;q=0.5, en;q=0.8, *;q=0.1", ("de-CH", "en", "fr")),
        ("en;q=0, de", ("de",)),
        (";;,,q=,de;q=x", ("q=",)),
        (",".join(f"a{number}" for number in range(50)), tuple(f"a{number}" for number in range(10))),
    ],
)
def test_accepted_locales(header: str | None, locales: tuple[str, ...]) -> None:
    assert accepted(header) == locales


@pytest.mark.parametrize(
    ("available", "wanted", "best"),
    [
        (["en", "de"], ["de"], "de"),
        (["en", "pt-BR"], ["pt-br"], "pt-BR"),
        (["en", "pt"], ["pt-BR"], "pt"),
        (["pt-BR", "pt-PT"], ["pt"], "pt-BR"),
        (["zh-Hant", "zh"], ["zh-Hant-TW"], "zh-Hant"),
        (["en"], ["de", "en"], "en"),
        (["en"], ["de"], None),
        ([], ["de"], None),
    ],
)
def test_the_best_locale(available: list[str], wanted: list[str], best: str | None) -> None:
    assert choose(available, wanted) == best


def test_languages_are_named_once() -> None:
    assert languages(["de-CH", "en", "de"]) == ("de", "en")


def category(name: str, parent: str | None = None) -> dict[str, Any]:
    return {"id": name, "version": 1, "parent_id": parent, "position": 0, "names": {"en": name}}


def test_a_tree_of_categories() -> None:
    categories = [category("a"), category("b", "a"), category("c", "b"), category("d"), category("e", "unknown")]
    roots = tree(categories, ())
    assert [root["id"] for root in roots] == ["a", "d", "e"]
    assert roots[0]["children"][0]["children"][0]["id"] == "c"
    assert set(descendants(categories, ["a"])) == {"a", "b", "c"}
    assert descendants(categories, ["nothing"]) == ["nothing"]


def test_a_circle_of_categories_ends() -> None:
    assert set(descendants([category("a", "b"), category("b", "a")], ["a"])) == {"a", "b"}


def test_a_category_is_called_by_the_best_of_its_names() -> None:
    assert category_name({"en": "One", "de": "Eins"}, ["de-AT"]) == "Eins"
    assert category_name({"en": "One", "de": "Eins"}, ["fr"]) == "Eins"
    assert category_name({}, ["fr"]) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T09:30:00Z", "2026-01-31T09:30:00+00:00"),
        ("2026-01-31t09:30Z", "2026-01-31T09:30:00+00:00"),
        ("2026-01-31 09:30:00.5+02:00", "2026-01-31T07:30:00.500000+00:00"),
        ("2026-01-31T09:30:00.1234567", "2026-01-31T09:30:00.123456+00:00"),
        ("2026-01-31", None),
        ("2026-02-30T00:00:00Z", None),
        ("0001-01-01T00:00:00+10:00", None),
        ("٢٠٢٦-01-31T09:30:00Z", None),
    ],
)
def test_moments(text: str, moment: str | None) -> None:
    parsed = parse_moment(text)
    assert (parsed and parsed.isoformat()) == moment


def test_times_are_answered_with_a_z() -> None:
    assert utc("2026-01-31T09:30:00.5+00:00") == "2026-01-31T09:30:00.5Z"
    assert utc(None) is None
