"""Commands for the projector's tests: real aggregates through the real unit of work, without HTTP."""

from __future__ import annotations

from datetime import datetime, timezone
from uuid import UUID

from domain.identity.user import User
from domain.knowledge.document import Document
from domain.shared.actor import Role
from domain.tickets.ticket import Ticket
from projector.bootstrap import Projector
from projector.verify.difference import Difference
from projector.verify.verify import open_verifier
from tests.support.words import word
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

# Elasticsearch's limit of one answer: how much a test writes beside a rebuild depends on how long that takes.
LONGEST_ANSWER = 10_000


def now() -> datetime:
    return datetime.now(timezone.utc)


class Office:
    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.unit_of_work = UnitOfWorkFactory(pool)

    async def hire(self, role: str = "agent") -> User:
        user = User.register(name=f"Person {word()}", email=f"{word()}@example.com", role=role, at=now())
        async with self.unit_of_work() as unit:
            await unit.users.add(user)
            await unit.commit()
        return user

    async def open_ticket(
        self, requester_id: UUID, subject: str = "Printer", body: str = "It prints stripes."
    ) -> Ticket:
        ticket = Ticket.open(subject=subject, body=body, requester_id=requester_id, at=now(), locale="en")
        async with self.unit_of_work() as unit:
            await unit.tickets.add(ticket)
            await unit.commit()
        return ticket

    async def reply(self, ticket_id: UUID, author_id: UUID, body: str, visibility: str = "public") -> None:
        async with self.unit_of_work() as unit:
            ticket = await unit.tickets.get(ticket_id)
            ticket.add_message(author_id=author_id, author_role=Role.AGENT, visibility=visibility, body=body, at=now())
            await unit.tickets.save(ticket)
            await unit.commit()

    async def retitle(self, ticket_id: UUID, subject: str) -> None:
        async with self.unit_of_work() as unit:
            ticket = await unit.tickets.get(ticket_id)
            ticket.change({"subject": subject}, at=now(), field_definitions={})
            await unit.tickets.save(ticket)
            await unit.commit()

    async def delete_ticket(self, ticket_id: UUID) -> None:
        async with self.unit_of_work() as unit:
            ticket = await unit.tickets.get(ticket_id)
            ticket.delete(at=now())
            await unit.tickets.save(ticket)
            await unit.commit()

    async def rename(self, user_id: UUID, name: str) -> None:
        async with self.unit_of_work() as unit:
            user = await unit.users.get(user_id)
            user.change({"name": name}, at=now())
            await unit.users.save(user)
            await unit.commit()

    async def publish(self, author_id: UUID, title: str = "Stripes", body: str = "Clean the *drum*.") -> Document:
        document = Document.create(title=title, body=body, locale="de", author_id=author_id, at=now())
        document.submit(at=now())
        document.approve(at=now())
        document.publish(at=now())
        async with self.unit_of_work() as unit:
            await unit.documents.add(document)
            await unit.commit()
        return document


async def differences(projector: Projector) -> list[Difference]:
    """Between Postgres and everything that the projector writes."""
    verification = await (await open_verifier(projector)).run()
    return verification.differences


async def found(projector: Projector, model: str, query: dict[str, object]) -> list[str]:
    """Ids of all that readers would find."""
    answer = await projector.elasticsearch.call(
        "POST",
        f"/{projector.namespace}-{model}/_search",
        {"query": query, "size": LONGEST_ANSWER, "_source": False, "track_total_hits": True},
    )
    ids = [hit["_id"] for hit in answer["hits"]["hits"]]
    assert len(ids) == answer["hits"]["total"]["value"], "more is found than Elasticsearch answers at once"
    return ids


async def pending(projector: Projector) -> int:
    count: int = await projector.pool.fetchval("SELECT count(*) FROM outbox")
    return count
