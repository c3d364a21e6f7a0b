from __future__ import annotations

import hashlib
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from projector.projections.registry import PROJECTIONS, PROJECTIONS_BY_AGGREGATE, REDIS_COPIES
from projector.verify.content import DigestSum, Stored, digest_in, digest_of, halves, stored_documents
from projector.verify.counters import counter_fields
from projector.verify.difference import Difference
from projector.verify.elasticsearch import GROUP_BYTES, GROUP_DOCUMENTS, Expected, _groups, compare
from projector.verify.recheck import still_there
from read_models.guard import Guard
from read_models.keys import LABEL_KINDS
from read_models.registry import READ_MODELS
from write_api.persistence.enqueue import AGGREGATE_TABLES

ID = UUID(int=1)


def document(body: str) -> str:
    digest = hashlib.md5(("{" + body).encode(), usedforsecurity=False).hexdigest()
    high, low = halves(digest)
    return f'{{"digest": "{digest}", {body[:-1]}, "digest_high" : {high}, "digest_low" : {low}}}'


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_digest_is_of_the_document_without_it(text: str) -> None:
    source = document(f'"body" : {orjson.dumps(text).decode()}}}')
    assert digest_of(source) == digest_in(source.encode()).decode() == orjson.loads(source)["digest"]
    assert digest_of(source.replace('"body"', '"bodY"')) != orjson.loads(source)["digest"]


def test_a_document_of_another_shape_fits_no_digest() -> None:
    assert digest_of('{"id": 1}') is None
    source = document('"id" : 1}')
    assert digest_of(source) is not None
    assert digest_of(source[:-1] + "0}") is None


def test_sources_are_taken_from_an_answer_byte_by_byte() -> None:
    tricky = document('"text" : "}],\\"_source\\":{ \\u00e9 🦊"}')
    answer = (
        '{"docs":[{"_index":"i","_id":"a","_version":7,"_seq_no":0,"_primary_term":1,"found":true,"_source":'
        + tricky
        + '},{"_index":"i","_id":"b","found":false},{"_index":"i","_id":"c","_version":9,"found":true,"_source":'
        + '{"id":"c","deleted":true}}]}'
    )
    assert dict(stored_documents(answer.encode())) == {
        "a": Stored(7, orjson.loads(tricky)["digest"]),
        "c": Stored(9, None),
    }
    assert dict(stored_documents(b'{"docs":[]}')) == {}


@given(digests=st.lists(st.binary(min_size=16, max_size=16).map(bytes.hex)), data=st.data())
def test_sums_do_not_depend_on_the_order(digests: list[str], data: st.DataObject) -> None:
    one, other = DigestSum(), DigestSum()
    for digest in digests:
        one.add(digest)
    for digest in data.draw(st.permutations(digests)):
        other.add(digest.encode())
    assert one == other


def test_documents_are_fetched_in_groups_of_bounded_size() -> None:
    sizes = [("big", GROUP_BYTES), ("small", 1), *((str(number), 1) for number in range(GROUP_DOCUMENTS))]
    groups = list(_groups(sizes))
    assert [len(group) for group in groups] == [1, GROUP_DOCUMENTS, 1]
    assert [name for group in groups for name in group] == [name for name, _ in sizes]


def expected(digest: str | None) -> Expected:
    return Expected(ID, 1, "", digest, digest, 10)


def test_what_differs_is_missing_extra_or_different() -> None:
    other = str(UUID(int=2))
    seen = compare(
        PROJECTIONS["tickets"],
        {"same": expected("d"), "missing": expected("d"), "different": expected("d"), "gone": expected(None)},
        {"same": Stored(1, "d"), "different": Stored(2, "x"), "gone": Stored(3, None), other: Stored(4, "e")},
    )
    assert {(d.document_id, d.kind, d.version) for d in seen} == {
        ("missing", "missing", 0),
        ("different", "different", 2),
        (other, "extra", 4),
    }


def test_what_was_written_again_meanwhile_is_no_longer_the_same_difference() -> None:
    before = Difference("elasticsearch", "tickets", "different", "a", ID, version=1)
    again = Difference("elasticsearch", "tickets", "different", "a", ID, version=2)
    assert still_there([before], [again]) == []
    assert still_there([before], [before, again]) == [before]


def test_a_guard_reads_as_it_was_written() -> None:
    assert Guard.parse(b"12|3|open,none,none") == Guard(12, 3, "open,none,none")
    assert Guard.parse("0|0|") == Guard(0, 0, "")


def test_a_ticket_counts_in_three_dimensions() -> None:
    assert counter_fields("open,a,none") == ("all:-:open", "assignee:a:open", "group:none:open")


def test_every_read_model_is_projected_and_every_kind_of_aggregate_is_known() -> None:
    assert list(PROJECTIONS) == list(READ_MODELS)
    feeding = {projection.name for projections in PROJECTIONS_BY_AGGREGATE.values() for projection in projections}
    assert feeding == set(READ_MODELS)
    assert set(REDIS_COPIES) <= set(AGGREGATE_TABLES) <= set(PROJECTIONS_BY_AGGREGATE)
    assert {kind for kind, copy in REDIS_COPIES.items() if copy == "label"} == set(LABEL_KINDS)
