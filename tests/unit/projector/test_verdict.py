from __future__ import annotations

from uuid import UUID

from projector.relay.project import DocumentKey, Projected
from projector.relay.verdict import Trouble, judge
from projector.sinks.bulk import Failure, Fate
from projector.sinks.redis import Update
from tests.unit.projector.rows import claimed

TICKET, OTHER, MESSAGE, EVENT, DOCUMENT = (UUID(int=number) for number in range(1, 6))


def projected(added_roots: frozenset[UUID] = frozenset(), **failures: Fate) -> Projected:
    """Of a ticket with one message and one event, of another ticket, and of a document in two locales."""
    keys = {
        "ticket": DocumentKey("tickets", str(TICKET), TICKET),
        "other": DocumentKey("tickets", str(OTHER), OTHER),
        "message": DocumentKey("messages", str(MESSAGE), MESSAGE),
        "event": DocumentKey("history", str(EVENT), EVENT),
        "de": DocumentKey("documents", f"{DOCUMENT}:de", DOCUMENT),
        "en": DocumentKey("documents", f"{DOCUMENT}:en", DOCUMENT),
    }
    locales = [("documents", f"{DOCUMENT}:de", b"de"), ("documents", f"{DOCUMENT}:en", b"en")]
    return Projected(
        documents=list(keys.values()),
        failures={keys[name]: Failure(fate, f"{name} {fate.name}") for name, fate in failures.items()},
        updates={
            TICKET: Update("ticket", TICKET, 1, documents=[("tickets", str(TICKET), b"")]),
            OTHER: Update("ticket", OTHER, 1, documents=[("tickets", str(OTHER), b"")]),
            DOCUMENT: Update("document", DOCUMENT, 1, documents=locales),
        },
        added_roots=added_roots,
    )


CLAIM = claimed(
    ("message", MESSAGE, 1, None, TICKET),
    ("ticket", TICKET, 2, EVENT, None),
    ("ticket", OTHER, 3, None, None),
)


def places(troubled: list[Trouble]) -> list[int]:
    return [trouble.place[1] for trouble in troubled]


def test_what_was_written_is_done_and_shown() -> None:
    verdict = judge(CLAIM, projected())
    assert sorted(verdict.done_ids) == [1, 2, 3]
    assert [place for _, place in verdict.done_places] == verdict.done_ids
    assert {update.aggregate_id for update in projected().shown_updates()} == {TICKET, OTHER, DOCUMENT}
    assert not verdict.is_busy


def test_rows_of_a_busy_store_stay_as_they_are() -> None:
    verdict = judge(CLAIM, projected(ticket=Fate.BUSY))
    assert sorted(verdict.done_ids) == [1, 3]
    assert (verdict.failed, verdict.refused, verdict.is_busy) == ([], [], True)


def test_a_message_that_fails_keeps_only_its_own_row() -> None:
    verdict = judge(CLAIM, projected(message=Fate.FAILED))
    assert (sorted(verdict.done_ids), places(verdict.failed)) == ([2, 3], [1])


def test_a_line_of_history_that_fails_keeps_only_its_own_row() -> None:
    later = claimed(("ticket", TICKET, 2, EVENT, None), ("ticket", TICKET, 3, UUID(int=99), None))
    verdict = judge(later, projected(event=Fate.FAILED))
    assert (verdict.done_ids, places(verdict.failed)) == ([3], [2])


def test_all_rows_of_one_aggregate_share_the_fate_of_its_document() -> None:
    claim = claimed(*(("ticket", TICKET, number, None, None) for number in (1, 2, 3)))
    assert places(judge(claim, projected(ticket=Fate.FAILED)).failed) == [1, 2, 3]


def test_a_refused_document_is_done_and_remembered() -> None:
    verdict = judge(CLAIM, projected(ticket=Fate.REFUSED))
    assert sorted(verdict.done_ids) == [1, 2, 3]
    ((key, failure),) = [cause for trouble in verdict.refused for cause in trouble.causes]
    assert (key.projection, key.document_id, failure.reason) == ("tickets", str(TICKET), "ticket REFUSED")


def test_the_worst_of_several_fates_counts() -> None:
    verdict = judge(CLAIM, projected(ticket=Fate.REFUSED, event=Fate.FAILED))
    assert (places(verdict.failed), verdict.refused) == ([2], [])


def test_a_root_that_was_read_for_its_part_keeps_the_part_when_it_fails() -> None:
    alone = claimed(("message", MESSAGE, 1, None, TICKET))
    assert judge(alone, projected(ticket=Fate.FAILED)).done_ids == [1]
    assert places(judge(alone, projected(frozenset({TICKET}), ticket=Fate.FAILED)).failed) == [1]


def test_redis_gets_only_what_elasticsearch_took() -> None:
    shown = {update.aggregate_id: update for update in projected(ticket=Fate.REFUSED, de=Fate.FAILED).shown_updates()}
    assert shown.keys() == {OTHER, DOCUMENT}
    assert [body for _, _, body in shown[DOCUMENT].documents] == [b"en"]
