"""The random mix: what a client asks for next, and what it learns from the answer."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx

from tests.faults.arena import Staff
from tests.faults.ledger import Ledger
from tests.support.desk import Caller

TICKET_STATUSES = ("open", "pending", "on_hold", "solved")
# What may follow a document's status. The reviewer approves, the author does the rest.
DOCUMENT_STEPS = {
    "draft": ("submit", "draft", "archive"),
    "in_review": ("approve", "reject"),
    "approved": ("publish",),
    "published": ("draft", "unpublish", "archive"),
    "archived": ("restore",),
}
# Answers to a command that came too late, or to a thing that is gone: nothing was done.
REFUSED = frozenset({404, 409, 412})


@dataclass
class Command:
    caller: Caller
    method: str
    path: str
    body: dict[str, Any] | None
    # Learns from the answer to a command that was done.
    done: Callable[[dict[str, Any]], None]
    has_key: bool = True
    deletes: UUID | None = None


@dataclass
class Desk:
    """What all clients of one fault know of."""

    staff: Staff
    ledger: Ledger
    tag: str
    chance: random.Random
    tickets: list[UUID] = field(default_factory=list)
    users: list[UUID] = field(default_factory=list)
    groups: list[UUID] = field(default_factory=list)
    documents: dict[UUID, str] = field(default_factory=dict)
    _words: int = 0

    def remember(self) -> Desk:
        """For `go_back_to`."""
        return replace(
            self,
            ledger=deepcopy(self.ledger),
            tickets=list(self.tickets),
            users=list(self.users),
            groups=list(self.groups),
            documents=dict(self.documents),
        )

    def go_back_to(self, earlier: Desk) -> None:
        """What was acknowledged since was lost, and nobody builds on it."""
        vars(self.ledger).update(vars(earlier.ledger))
        self.tickets[:], self.users[:], self.groups[:] = earlier.tickets, earlier.users, earlier.groups
        self.documents.clear()
        self.documents.update(earlier.documents)

    def word(self) -> str:
        """Unique in the run, and the same in a run of the same seed."""
        self._words += 1
        letters = "bcdfghjklmnpqrtvwxz"
        return f"q{''.join(self.chance.choice(letters) for _ in range(10))}{self._words}"

    def next(self) -> Command:
        if not self.groups or not self.users or not self.tickets:
            return self._first_need()
        kinds: dict[Callable[[], Command], int] = {
            self.open_ticket: 25,
            self.change_ticket: 15,
            self.move_to_group: 8,
            self.step_ticket: 10,
            self.add_message: 20,
            self.delete_ticket: 4,
            self.rename_user: 4,
            self.rename_group: 3,
            self.create_user: 1,
            self.create_group: 1,
            self.write_document: 3,
            self.step_document: 12,
        }
        return self.chance.choices(list(kinds), list(kinds.values()))[0]()

    def _first_need(self) -> Command:
        if not self.groups:
            return self.create_group()
        return self.create_user() if not self.users else self.open_ticket()

    def open_ticket(self) -> Command:
        unique = self.word()
        body = {
            "subject": f"About {unique}",
            "body": f"{unique} does not work.",
            "requester_id": str(self.chance.choice(self.users)),
            "tags": [self.tag, unique],
        }
        return Command(self.staff.agent, "POST", "/v1/tickets", body, self._learn("ticket", self.tickets))

    def change_ticket(self) -> Command:
        changes = {"subject": f"Changed {self.word()}", "priority": self.chance.choice(("low", "normal", "high"))}
        return self._patch(self.staff.agent, "ticket", self._ticket(), changes)

    def move_to_group(self) -> Command:
        group_id = self.chance.choice([*self.groups, None])
        assignee_id = self.chance.choice([self.staff.agent.id, self.staff.reviewer.id, None])
        changes = {"group_id": group_id and str(group_id), "assignee_id": assignee_id}
        return self._patch(self.staff.agent, "ticket", self._ticket(), changes)

    def step_ticket(self) -> Command:
        path, status = f"/v1/tickets/{self._ticket()}/status", self.chance.choice(TICKET_STATUSES)
        return Command(self.staff.agent, "POST", path, {"status": status}, self._learn("ticket"))

    def add_message(self) -> Command:
        ticket_id = self._ticket()
        body = {"body": f"Message {self.word()}", "visibility": self.chance.choice(("public", "internal"))}

        def done(answer: dict[str, Any]) -> None:
            self.ledger.acknowledge_message(UUID(answer["id"]), UUID(answer["ticket_id"]), answer["version"])

        return Command(self.staff.agent, "POST", f"/v1/tickets/{ticket_id}/messages", body, done)

    def delete_ticket(self) -> Command:
        ticket_id = self._ticket()

        def done(_: dict[str, Any]) -> None:
            self.ledger.acknowledge_delete(ticket_id)
            if ticket_id in self.tickets:
                self.tickets.remove(ticket_id)

        path = f"/v1/tickets/{ticket_id}"
        return Command(self.staff.admin, "DELETE", path, None, done, has_key=False, deletes=ticket_id)

    def rename_user(self) -> Command:
        return self._patch(self.staff.admin, "user", self.chance.choice(self.users), {"name": f"Person {self.word()}"})

    def rename_group(self) -> Command:
        name = {"name": f"Group {self.word()}"}
        return self._patch(self.staff.admin, "group", self.chance.choice(self.groups), name)

    def create_user(self) -> Command:
        unique = self.word()
        body = {"name": f"Person {unique}", "email": f"{unique}@tests.example.com"}
        return Command(self.staff.admin, "POST", "/v1/users", body, self._learn("user", self.users))

    def create_group(self) -> Command:
        body = {"name": f"Group {self.word()}"}
        return Command(self.staff.admin, "POST", "/v1/groups", body, self._learn("group", self.groups))

    def write_document(self) -> Command:
        unique = self.word()
        body = {"title": f"About {unique}", "body": f"Turn {unique} off.", "locale": "en", "tags": [self.tag, unique]}
        return Command(self.staff.agent, "POST", "/v1/documents", body, self._learn_document)

    def step_document(self) -> Command:
        if not self.documents:
            return self.write_document()
        document_id = self.chance.choice(list(self.documents))
        step = self.chance.choice(DOCUMENT_STEPS[self.documents[document_id]])
        path = f"/v1/documents/{document_id}/{step}"
        if step == "draft":
            body = {"title": f"New {self.word()}", "body": f"Text {self.word()}"}
            return Command(self.staff.agent, "PUT", path, body, self._learn_document, has_key=False)
        caller = self.staff.reviewer if step in ("approve", "reject") else self.staff.agent
        return Command(caller, "POST", path, {}, self._learn_document)

    def _patch(self, caller: Caller, kind: str, id_: UUID, changes: dict[str, Any]) -> Command:
        return Command(caller, "PATCH", f"/v1/{kind}s/{id_}", changes, self._learn(kind), has_key=False)

    def _ticket(self) -> UUID:
        """Mostly one of the newest: what is written again and again at once."""
        newest = self.tickets[-20:] if self.chance.random() < 0.7 else self.tickets
        return self.chance.choice(newest)

    def _learn(self, kind: str, known: list[UUID] | None = None) -> Callable[[dict[str, Any]], None]:
        def done(answer: dict[str, Any]) -> None:
            id_ = UUID(answer["id"])
            self.ledger.acknowledge(kind, id_, answer["version"])
            if known is not None:
                known.append(id_)

        return done

    def _learn_document(self, answer: dict[str, Any]) -> None:
        id_ = UUID(answer["id"])
        self.ledger.acknowledge("document", id_, answer["version"])
        self.documents[id_] = answer["status"]


def is_refusal(answer: httpx.Response) -> bool:
    return answer.status_code in REFUSED
