from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.shared.actor import Role
from domain.shared.errors import DomainError
from domain.shared.events import DomainEvent
from domain.tickets.errors import InternalNoteForbidden, TicketIsClosed, TicketTransitionNotAllowed
from domain.tickets.events import MessageAdded, TicketOpened, TicketStatusChanged
from domain.tickets.messages import Visibility
from domain.tickets.status import TRANSITIONS, TicketStatus
from domain.tickets.ticket import Ticket
from tests.unit.domain.builders import NOW, REQUESTER

PEOPLE = st.sampled_from([(REQUESTER, Role.CUSTOMER), (UUID(int=9), Role.CUSTOMER), (UUID(int=2), Role.AGENT)])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "subject": st.sampled_from(["Fire", "Smoke", ""]),
        "priority": st.sampled_from(["low", "urgent", "wrong"]),
        "assignee_id": st.sampled_from([None, UUID(int=2)]),
        "tags": st.lists(st.sampled_from(["a", "b"])),
        "status": st.just("closed"),
    },
)


class TicketMachine(RuleBasedStateMachine):
    """Any commands in any order; after each the ticket is saved as the unit of work does it."""

    def __init__(self) -> None:
        super().__init__()
        self.at: datetime = NOW
        self.message_count = 0
        self.history: list[DomainEvent] = []

    @initialize(priority=st.sampled_from(["low", "normal"]))
    def open(self, priority: str) -> None:
        self.ticket = Ticket.open(subject="Fire", body="!", requester_id=REQUESTER, at=self.at, priority=priority)
        self.save(version_before=0)

    def save(self, version_before: int) -> None:
        events = self.ticket.pull_events()
        messages = self.ticket.pull_new_messages()
        announced = sum(isinstance(event, (TicketOpened, MessageAdded)) for event in events)
        assert len(messages) == announced
        self.message_count += len(messages)
        assert [message.position for message in messages] == list(
            range(self.message_count - len(messages) + 1, self.message_count + 1)
        )
        assert self.ticket.version == version_before
        if events:
            self.ticket.saved()
            assert self.ticket.version == version_before + 1
        self.history.extend(events)

    def refused(self, error: DomainError, status: TicketStatus) -> None:
        assert error.message and self.ticket.status is status
        assert not self.ticket.has_changes

    @rule(minutes=st.integers(-1, 60))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(to=st.sampled_from(TicketStatus))
    def change_status(self, to: TicketStatus) -> None:
        before, version = self.ticket.status, self.ticket.version
        try:
            self.ticket.change_status(to, at=self.at)
        except TicketTransitionNotAllowed as error:
            assert to not in TRANSITIONS[before] and to is not before
            self.refused(error, before)
        else:
            assert self.ticket.status is to
            self.save(version)

    @rule(person=PEOPLE, visibility=st.sampled_from(Visibility), body=st.sampled_from(["hi", " "]))
    def add_message(self, person: tuple[UUID, Role], visibility: Visibility, body: str) -> None:
        before, version = self.ticket.status, self.ticket.version
        try:
            self.ticket.add_message(
                author_id=person[0], author_role=person[1], visibility=visibility, body=body, at=self.at
            )
        except DomainError as error:
            assert isinstance(error, TicketIsClosed) or before is not TicketStatus.CLOSED
            assert (visibility is Visibility.INTERNAL) or not isinstance(error, InternalNoteForbidden)
            self.refused(error, before)
        else:
            assert before is not TicketStatus.CLOSED
            if visibility is Visibility.PUBLIC and person[0] == REQUESTER:
                assert self.ticket.status in (TicketStatus.NEW, TicketStatus.OPEN)
            self.save(version)

    @rule(changes=CHANGES)
    def change(self, changes: dict[str, object]) -> None:
        before, version = self.ticket.status, self.ticket.version
        try:
            self.ticket.change(changes, at=self.at)
        except DomainError as error:
            self.refused(error, before)
        else:
            assert before is not TicketStatus.CLOSED
            self.save(version)

    @precondition(lambda self: self.ticket.status is TicketStatus.SOLVED)
    @rule()
    def close(self) -> None:
        self.change_status(TicketStatus.CLOSED)

    @invariant()
    def fits_the_tables_constraints(self) -> None:
        ticket = self.ticket
        assert ticket.message_count == self.message_count >= 1
        assert (ticket.solved_at is not None) == ticket.status.is_resolved
        assert ticket.created_at <= ticket.updated_at
        assert 500 >= len(ticket.subject) >= 1

    @invariant()
    def history_leads_to_the_status(self) -> None:
        status = TicketStatus.NEW
        for event in self.history:
            json.dumps(event.data())
            if isinstance(event, TicketStatusChanged):
                assert event.before is status and event.after in TRANSITIONS[status]
                status = event.after
        assert status is self.ticket.status


TestTicketMachine = TicketMachine.TestCase
TestTicketMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
