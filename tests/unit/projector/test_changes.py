"""What subscribers are told of a batch."""

from __future__ import annotations

from uuid import UUID

from projector.relay.changes import note_changes
from projector.relay.claim import Claim, Rows
from projector.relay.project import DocumentKey, Projected
from projector.sinks.bulk import Failure, Fate
from projector.sinks.redis import Update
from read_models.events import INTERNAL, PUBLIC, Change, parse_change

TICKET, MESSAGE, DOCUMENT = (UUID(int=number) for number in (1, 2, 3))
THERE = [("tickets", str(TICKET), b"{}")]


def claimed(aggregate_type: str, id_: UUID, *event_types: str) -> Claim:
    rows = Rows(aggregate_type, aggregate_ids=[id_] * len(event_types), event_types=list(event_types))
    return Claim({aggregate_type: rows})


def noted(claim: Claim, update: Update, *messages: tuple[DocumentKey, str], failed: bool = False) -> Change | None:
    projected = Projected()
    projected.messages[TICKET].extend(messages)
    if failed:
        projected.failures.update({key: Failure(Fate.REFUSED, "reason") for key, _ in messages})
    note_changes([update], claim, projected)
    if not update.change:
        return None
    return parse_change({b"change": update.change, b"deciding": b"", b"before": b""})


def message(visibility: str) -> tuple[DocumentKey, str]:
    return DocumentKey("messages", str(MESSAGE), MESSAGE), visibility


def test_a_note_is_internal_unless_something_else_came_with_it() -> None:
    for events, audience in ((("MessageAdded",), INTERNAL), (("MessageAdded", "TicketStatusChanged"), PUBLIC)):
        change = noted(
            claimed("ticket", TICKET, *events), Update("ticket", TICKET, 2, documents=THERE), message(INTERNAL)
        )
        assert change is not None and (change.audience, change.messages) == (audience, ((str(MESSAGE), INTERNAL),))


def test_a_reply_is_public_also_where_only_the_message_came() -> None:
    change = noted(Claim(), Update("ticket", TICKET, 2, documents=THERE), message(PUBLIC))
    assert change is not None and change.audience == PUBLIC


def test_a_message_that_is_not_there_yet_is_not_told() -> None:
    assert noted(Claim(), Update("ticket", TICKET, 2, documents=THERE), message(PUBLIC), failed=True) is None


def test_what_was_only_read_again_has_not_changed() -> None:
    assert noted(Claim(), Update("ticket", TICKET, 2, documents=THERE)) is None
    assert noted(claimed("group", DOCUMENT, "GroupRenamed"), Update("group", DOCUMENT, 2)) is None


def test_what_has_no_document_is_gone() -> None:
    removed = Update("ticket", TICKET, 3, documents=[("tickets", str(TICKET), b"")])
    change = noted(claimed("ticket", TICKET, "TicketDeleted"), removed)
    assert change is not None and (change.state, change.audience, change.version) == ("gone", PUBLIC, 3)


def test_a_draft_is_not_what_readers_see() -> None:
    copies = [("documents", f"{DOCUMENT}:en", b""), ("document_drafts", f"{DOCUMENT}:en", b"{}")]
    change = noted(
        claimed("document", DOCUMENT, "DocumentDraftEdited"), Update("document", DOCUMENT, 2, documents=copies)
    )
    assert change is not None and (change.state, change.audience) == ("draft", INTERNAL)
    copies[0] = ("documents", f"{DOCUMENT}:en", b"{}")
    change = noted(
        claimed("document", DOCUMENT, "DocumentPublished"), Update("document", DOCUMENT, 3, documents=copies)
    )
    assert change is not None and (change.state, change.audience) == ("shown", PUBLIC)
