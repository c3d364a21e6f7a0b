from __future__ import annotations

from uuid import UUID

from domain.knowledge.feedback import Vote
from write_api.persistence.outbox import BACKGROUND_LANE, INSERT_OUTBOX, shard_of
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows
from write_api.persistence.tables.knowledge import document_votes

_PUT = insert_rows(
    document_votes,
    on_conflict="(id) DO UPDATE SET locale = EXCLUDED.locale, helpful = EXCLUDED.helpful, comment = EXCLUDED.comment,"
    " updated_at = EXCLUDED.updated_at, version = document_votes.version + 1",
)


class DocumentVotes:
    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, vote_id: UUID, vote: Vote) -> None:
        """In the place of the vote with this id, if there is one. No event: it would say who voted, and from where."""
        row = {
            "id": vote_id,
            "document_id": vote.document_id,
            "locale": vote.locale,
            "helpful": vote.helpful,
            "comment": vote.comment,
            "version": 1,
            "created_at": vote.at,
            "updated_at": vote.at,
        }
        self._session.plan.insert(_PUT, row)
        self._session.plan.insert(INSERT_OUTBOX, _pending(vote_id))


def _pending(vote_id: UUID) -> dict[str, object]:
    """Strangers vote as often as they like, so nothing live waits behind them."""
    return {
        "lane": BACKGROUND_LANE,
        "shard": shard_of(vote_id),
        "aggregate_type": "document_vote",
        "aggregate_id": vote_id,
        "aggregate_version": 1,
        "event_type": "FeedbackGiven",
    }
