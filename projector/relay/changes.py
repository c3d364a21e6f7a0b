"""What subscribers are told of a batch: one entry an aggregate, however many events it had."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from projector.relay.claim import Claim
from projector.relay.project import Projected
from projector.sinks.redis import Update
from read_models.documents import DOCUMENTS
from read_models.events import INTERNAL, PUBLIC, UNTOLD, State, change_text

TOLD = ("ticket", "document")


def note_changes(updates: Iterable[Update], claimed: Claim, projected: Projected) -> None:
    """Notes in each update what goes into the stream. What Elasticsearch did not take is told when it does."""
    audiences: dict[UUID, str] = {}
    for aggregate_type in TOLD:
        rows = claimed.by_type.get(aggregate_type)
        if rows is None:
            continue
        for id_, event_type in zip(rows.aggregate_ids, rows.event_types, strict=True):
            if event_type not in UNTOLD:
                audiences[id_] = PUBLIC
            else:
                audiences.setdefault(id_, INTERNAL)
    for update in updates:
        if update.aggregate_type not in TOLD:
            continue
        id_ = update.aggregate_id
        messages = [
            (key.document_id, visibility)
            for key, visibility in projected.messages.get(id_, ())
            if key not in projected.failures
        ]
        if any(visibility == PUBLIC for _, visibility in messages):
            audiences[id_] = PUBLIC
        # Others are here only because a part of them was read again.
        if id_ in audiences or messages:
            audience = audiences.get(id_, INTERNAL)
            update.change = change_text(
                update.aggregate_type, str(id_), update.aggregate_version, _state(update), audience, messages
            )


def _state(update: Update) -> State:
    there = {model for model, _, body in update.documents if body}
    if not there:
        return "gone"
    return "shown" if update.aggregate_type == "ticket" or DOCUMENTS.name in there else "draft"
