from __future__ import annotations

from collections.abc import Callable

from write_api.intake.batches import BATCH_LINES
from write_api.intake.demo.content import DemoContent
from write_api.intake.demo.documents import demo_document
from write_api.intake.demo.people import LOGINS, add_people
from write_api.intake.demo.tickets import demo_tickets, external_id
from write_api.intake.report import Stored
from write_api.persistence.lookups import known_external_ids, user_ids_by_email
from write_api.persistence.tables.knowledge import documents
from write_api.persistence.tables.tickets import tickets
from write_api.persistence.unit_of_work import UnitOfWorkFactory


class DemoLoginsTaken(Exception):
    """The demo addresses belong to people who were not made by seeding with this seed."""


async def seed_people(unit_of_work: UnitOfWorkFactory, content: DemoContent, password_hash: str) -> None:
    """Does nothing where the demo people of this seed are there already."""
    async with unit_of_work() as unit:
        known = await user_ids_by_email(unit.session, LOGINS)
        expected = {email: content.id("user", name) for email, (name, _) in LOGINS.items()}
        if known and known != expected:
            raise DemoLoginsTaken
        if not known:
            await add_people(unit, content, password_hash)
            await unit.commit()


async def seed_tickets(
    unit_of_work: UnitOfWorkFactory, content: DemoContent, count: int, on_progress: Callable[[Stored], None]
) -> Stored:
    total = Stored()
    for start in range(0, count, BATCH_LINES):
        numbers = range(start, min(start + BATCH_LINES, count))
        async with unit_of_work() as unit:
            ids = [external_id(content.seed, number) for number in numbers]
            known = await known_external_ids(unit.session, tickets, ids)
            if len(known) < len(numbers):
                for ticket in demo_tickets(content, numbers):
                    if ticket.external_id not in known:
                        await unit.tickets.add(ticket)
                await unit.commit()
        total.add(Stored(created=len(numbers) - len(known), skipped=len(known)))
        on_progress(total)
    return total


async def seed_documents(
    unit_of_work: UnitOfWorkFactory, content: DemoContent, count: int, on_progress: Callable[[Stored], None]
) -> Stored:
    total = Stored()
    for start in range(0, count, BATCH_LINES):
        async with unit_of_work() as unit:
            made = [demo_document(content, index) for index in range(start, min(start + BATCH_LINES, count))]
            known = await known_external_ids(unit.session, documents, (str(one.external_id) for one in made))
            new = [one for one in made if one.external_id not in known]
            for document in new:
                await unit.documents.add(document)
            if new:
                await unit.commit()
        total.add(Stored(created=len(new), skipped=len(made) - len(new)))
        on_progress(total)
    return total
