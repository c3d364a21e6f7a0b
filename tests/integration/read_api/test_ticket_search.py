from __future__ import annotations

from typing import Any

import pytest

from read_api.search import runner
from read_api.search.reach import FEW
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


@pytest.fixture
def word() -> str:
    """Stems to itself, and no typing error away from another one."""
    return "q" + new_id().replace("-", "")[:12].translate(str.maketrans("0123456789", "bcdfghklmn")) + "x"


async def test_exact_words_come_before_inflected_ones_and_those_before_misspelt_ones(
    library: Library, agent: Person, customer: Person
) -> None:
    tag = new_id()
    misspelt = await library.shelf.ticket(customer, subject="runnong", body="runnong runnong", tags=[tag])
    inflected = await library.shelf.ticket(customer, subject="runs runs", body="runs", tags=[tag])
    exact = await library.shelf.ticket(customer, subject="Hm", body="it was " + "so very " * 50 + "running", tags=[tag])
    await library.shelf.ticket(customer, subject="walking", tags=[tag])
    await library.shelf.refresh()
    found = await library.get(agent, "/v1/search/tickets", q="running", tag=tag)
    assert ids(found) == [exact["id"], inflected["id"], misspelt["id"]]
    assert found["total"] == {"value": 3, "relation": "eq"}
    highlights = [item["highlights"]["subject"][0] for item in found["items"][1:]]
    assert highlights == ["<em>runs</em> <em>runs</em>", "<em>runnong</em>"]


async def test_of_inflected_words_it_counts_how_often_they_come_and_not_in_how_long_a_thread(
    library: Library, agent: Person, customer: Person
) -> None:
    tag, long = new_id(), " so very" * 300
    once = [
        await library.shelf.ticket(customer, subject="Hm", body=f"it runs{rest}", tags=[tag])
        for rest in ("", long, "", long)
    ]
    often = await library.shelf.ticket(customer, subject="Hm", body=f"runs and runs and runs{long}", tags=[tag])
    await library.shelf.refresh()
    found = await library.get(agent, "/v1/search/tickets", q="running", tag=tag)
    # Equal ones by their ids.
    assert ids(found) == [often["id"], *sorted((ticket["id"] for ticket in once), reverse=True)]


async def test_misspelt_words_are_not_looked_for_where_many_have_the_word_as_it_is_typed(
    library: Library, agent: Person, customer: Person
) -> None:
    tag = new_id()
    misspelt = await library.shelf.ticket(customer, subject="runnong", tags=[tag])
    for _ in range(FEW - 1):
        await library.shelf.ticket(customer, subject="running", tags=[tag])
    await library.shelf.refresh()
    few = await library.get(agent, "/v1/search/tickets", q="running", tag=tag, limit=FEW - 1)
    assert few["total"]["value"] == FEW
    # Later pages reach as far as the first, whatever was found.
    last = await library.get(agent, "/v1/search/tickets", q="running", tag=tag, limit=FEW - 1, cursor=few["next"])
    assert ids(last) == [misspelt["id"]]
    await library.shelf.ticket(customer, subject="runs", tags=[tag])
    await library.shelf.refresh()
    many = await library.get(agent, "/v1/search/tickets", q="running", tag=tag)
    assert many["total"]["value"] == FEW
    assert misspelt["id"] not in ids(many)


async def test_many_are_counted_only_so_far_but_with_facets_all(
    library: Library, agent: Person, customer: Person, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "COUNTED", 3)
    for _ in range(5):
        await library.shelf.ticket(customer, subject=word)
    await library.shelf.refresh()
    found = await library.get(agent, "/v1/search/tickets", q=word, limit=2)
    assert found["total"] == {"value": 3, "relation": "gte"}
    later = await library.get(agent, "/v1/search/tickets", q=word, limit=2, cursor=found["next"])
    assert len(later["items"]) == 2 and later["total"] == found["total"]
    counted = await library.get(agent, "/v1/search/tickets", q=word, limit=2, facets="status")
    assert counted["total"] == {"value": 5, "relation": "eq"}
    assert [(one["value"], one["count"]) for one in counted["facets"]["status"]] == [("open", 5)]


async def test_accents_and_case_do_not_matter(library: Library, agent: Person, customer: Person, word: str) -> None:
    ticket = await library.shelf.ticket(customer, subject=f"{word} Überprüfung", locale="de")
    await library.shelf.refresh()
    assert ids(await library.get(agent, "/v1/search/tickets", q=f"{word.upper()} uberprufung")) == [ticket["id"]]


async def test_words_are_stemmed_in_the_language_of_the_ticket(
    library: Library, agent: Person, customer: Person, word: str
) -> None:
    ticket = await library.shelf.ticket(
        customer, subject=word, body="Die Drucker druckten gestern wieder nichts", locale="de-AT"
    )
    await library.shelf.refresh()
    for q in (f"{word} druckte", f"{word} drucker gestern wieder nichts druckte"):
        headers = {"Accept-Language": "de"}
        found = await library.get(agent, "/v1/search/tickets", q=q, headers=headers)
        assert ids(found) == [ticket["id"]], q
        assert "<em>druckten</em>" in found["items"][0]["highlights"]["messages"][0]


async def test_all_words_are_needed_unless_nothing_has_them_all(
    library: Library, agent: Person, customer: Person, word: str
) -> None:
    both = await library.shelf.ticket(customer, subject=f"{word} toner")
    one = await library.shelf.ticket(customer, subject=f"{word} drum")
    await library.shelf.refresh()
    assert ids(await library.get(agent, "/v1/search/tickets", q=f"{word} toner")) == [both["id"]]
    most = await library.get(agent, "/v1/search/tickets", q=f"{word} drum qqqunknownqqq")
    assert ids(most) == [one["id"]]
    assert ids(await library.get(agent, "/v1/search/tickets", q=f"how do I {word} with the toner")) == [both["id"]]


async def test_phrases_and_exclusions(library: Library, agent: Person, customer: Person, word: str) -> None:
    together = await library.shelf.ticket(customer, subject=word, body="a paper jam again")
    apart = await library.shelf.ticket(customer, subject=word, body="jam on paper")
    await library.shelf.refresh()

    async def found(q: str) -> set[str]:
        return set(ids(await library.get(agent, "/v1/search/tickets", q=q)))

    assert await found(f'{word} "paper jam"') == {together["id"]}
    assert await found(f'{word} "paper jam') == {together["id"]}
    assert await found(f'{word} -"paper jam"') == {apart["id"]}
    assert await found(f"{word} -again") == {apart["id"]}
    assert await found(f"{word} !!!") == {together["id"], apart["id"]}
    assert await found("!!!") == set()


async def test_fields_and_filters_narrow_a_search(library: Library, agent: Person, customer: Person, word: str) -> None:
    urgent = await library.shelf.ticket(
        customer, subject=word, priority="urgent", status="new", custom_fields={"serial": "A-1"}, tags=["x", "y"]
    )
    low = await library.shelf.ticket(customer, subject=word, priority="low", assignee_id=agent["id"], tags=["x"])
    await library.shelf.refresh()

    async def found(extra: str, **filters: Any) -> list[str]:
        return ids(await library.get(agent, "/v1/search/tickets", q=f"{word} {extra}", **filters))

    assert await found("priority>=high") == [urgent["id"]]
    assert await found("assignee:me") == [low["id"]]
    assert await found('assignee:"agnes agent"') == [low["id"]]
    assert await found("assignee:agnes@example.org") == [low["id"]]
    assert await found("assignee:none") == [urgent["id"]]
    assert await found("tag:x tag:y") == [urgent["id"]]
    assert await found("custom.serial:A-1") == [urgent["id"]]
    assert await found(f"number:{low['number']}") == [low["id"]]
    assert await found("created<2026-01-01") == []
    assert await found("", status="new") == [urgent["id"]]
    assert await found("", assignee="me") == [low["id"]]
    assert await found("", created_before="2026-01-01") == []
    assert len(await found("", status=["new", "open"])) == 2


async def test_a_number_finds_its_ticket_first(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, subject="By its number")
    await library.shelf.ticket(customer, subject=f"About {ticket['number']}")
    await library.shelf.refresh()
    for q in (str(ticket["number"]), f"#{ticket['number']}"):
        assert ids(await library.get(agent, "/v1/search/tickets", q=q))[0] == ticket["id"]


async def test_naming_a_person_finds_their_tickets(library: Library, agent: Person, word: str) -> None:
    jane = await library.shelf.user("customer", name="Jane Quillfeather", email=f"{word}@example.org")
    own = await library.shelf.ticket(jane, subject=f"Nothing here says who asks {word}")
    mention = await library.shelf.ticket(agent, subject=f"{word}", body="call jane quillfeather back")
    await library.shelf.refresh()
    assert set(ids(await library.get(agent, "/v1/search/tickets", q=f"jane quillfeather {word}"))) == {
        own["id"],
        mention["id"],
    }
    assert ids(await library.get(agent, "/v1/search/tickets", q=jane["email"])) == [own["id"]]


async def test_customers_cannot_probe_for_people(
    library: Library, customer: Person, other_customer: Person, word: str
) -> None:
    await library.shelf.ticket(customer, subject=f"{word} mine", assignee_id=other_customer["id"])
    await library.shelf.refresh()
    assert ids(await library.get(customer, "/v1/search/tickets", q=f"{word} otto")) == []
    assert ids(await library.get(customer, "/v1/search/tickets", q=f"{word} assignee:otto")) == []
    assert ids(await library.get(customer, "/v1/search/tickets", q=f"{word} assignee:carla requester:me")) == []


async def test_facets_count_what_was_found(library: Library, agent: Person, customer: Person, word: str) -> None:
    group = await library.shelf.group("Facet group")
    await library.shelf.ticket(customer, subject=word, status="new", tags=["a", "b"], group_id=group["id"])
    await library.shelf.ticket(customer, subject=word, status="new", tags=["a"], assignee_id=agent["id"])
    await library.shelf.refresh()
    found = await library.get(agent, "/v1/search/tickets", q=word, facets="status,tags,group,assignee,priority")
    assert found["facets"]["status"] == [{"value": "new", "name": None, "count": 2}]
    assert found["facets"]["tags"] == [
        {"value": "a", "name": None, "count": 2},
        {"value": "b", "name": None, "count": 1},
    ]
    assert found["facets"]["group"] == [{"value": group["id"], "name": "Facet group", "count": 1}]
    assert found["facets"]["assignee"] == [{"value": agent["id"], "name": "Agnes Agent", "count": 1}]
    assert list(found["facets"]) == ["status", "tags", "group", "assignee", "priority"]


async def test_highlights_are_safe_html(library: Library, agent: Person, customer: Person, word: str) -> None:
    await library.shelf.ticket(
        customer, subject=f"<b>{word}</b>", body=f"<script>{word}</script> & more", notes=(word,)
    )
    await library.shelf.refresh()
    (hit,) = (await library.get(agent, "/v1/search/tickets", q=word))["items"]
    assert hit["highlights"] == {
        "subject": [f"&lt;b&gt;<em>{word}</em>&lt;&#x2F;b&gt;"],
        "messages": [f"&lt;script&gt;<em>{word}</em>&lt;&#x2F;script&gt; &amp; more"],
        "notes": [f"<em>{word}</em>"],
    }


async def test_a_thread_of_5000_messages_is_found_and_highlighted(
    library: Library, agent: Person, customer: Person, word: str
) -> None:
    filler = "The printer on the third floor says something about its toner again and nobody knows why that is. " * 4
    thread = [(f"{filler} {position}", "public") for position in range(5000)]
    thread[4321] = (f"{filler} {word} {filler}", "public")
    thread[4444] = (f"{filler} {word}inside {filler}", "internal")
    ticket = await library.shelf.ticket(customer, subject="Long story", messages=thread)
    await library.shelf.refresh()
    for reader in (agent, customer):
        (hit,) = (await library.get(reader, "/v1/search/tickets", q=word))["items"]
        assert hit["id"] == ticket["id"]
        assert f"<em>{word}</em>" in hit["highlights"]["messages"][0]
        for q in ("printer toner", "printr", "printers"):
            found = await library.get(reader, "/v1/search/tickets", q=f"{q} number:{ticket['number']}")
            assert ids(found) == [ticket["id"]]
            assert "<em>" in "".join(found["items"][0]["highlights"]["messages"])
    assert ids(await library.get(customer, "/v1/search/tickets", q=f'"{word}inside"')) == []
    (hit,) = (await library.get(agent, "/v1/search/tickets", q=f'"{word}inside"'))["items"]
    assert "<em>" in hit["highlights"]["notes"][0]


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("secret:1", "query.unknown_field"),
        ("internal_all:x", "query.unknown_field"),
        ("status:lost", "query.invalid_value"),
        ("a " * 40, "query.query_too_long"),
        ("a" * 300, "query.query_too_long"),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused(library: Library, agent: Person, q: str, code: str) -> None:
    answer = await library.answer(agent, "/v1/search/tickets", q=q)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == code
    assert problem["errors"][0]["parameter"] == "q"
    assert problem["errors"][0]["pointer"] == "/q"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("facets", "secret"),
        ("sort", "secret"),
        ("assignee", "jane"),
        ("status", "lost"),
        ("created_after", "soon"),
        ("limit", "101"),
        ("limit", "0"),
        ("cursor", "abc"),
        ("stauts", "open"),
    ],
)
async def test_a_parameter_that_makes_no_sense_is_named(
    library: Library, agent: Person, parameter: str, value: str
) -> None:
    answer = await library.answer(agent, "/v1/search/tickets", **{parameter: value})
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    "q",
    [
        "*",
        "/.*a{1000}/",
        "status:*",
        "a AND (b OR",
        "_exists_:x",
        "a~5",
        "a^9",
        "{!script}",
        "\x00",
        "\ud800",
        '"',
        "-",
    ],
)
async def test_nothing_that_is_typed_reaches_the_search_engine_as_syntax(
    library: Library, agent: Person, q: str
) -> None:
    encoded = q.encode("utf-8", "surrogatepass")
    async with library.as_(agent) as client:
        answer = await client.get("/v1/search/tickets", params={"q": encoded})
    assert answer.status_code in (200, 422)
