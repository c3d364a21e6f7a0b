from __future__ import annotations

from domain.knowledge.errors import DocumentNotFound
from domain.knowledge.feedback import vote_on
from domain.knowledge.policies import may_read_published
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.knowledge.commands import GiveFeedback
from write_api.knowledge.voters import Voters
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


class FeedbackHandlers:
    def __init__(self, voters: Voters) -> None:
        self._voters = voters

    @property
    def by_command(self) -> Handlers:
        return {GiveFeedback: self.give_feedback}

    async def give_feedback(self, command: GiveFeedback, unit: UnitOfWork, context: Context) -> Outcome:
        reader = context.signed_in
        document = await unit.documents.get(command.document_id)
        if not may_read_published(reader, document):
            raise DocumentNotFound(command.document_id)
        vote = vote_on(document, helpful=command.helpful, comment=command.comment, locale=command.locale, at=context.at)
        user_id = None if reader is None else reader.user_id
        unit.document_votes.put(self._voters.vote_id(document.id, user_id, command.network, context.at), vote)
        return await unit.commit()
