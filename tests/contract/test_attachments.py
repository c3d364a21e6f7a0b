from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pytest

from domain.identity.organization import Organization
from domain.identity.user import User
from domain.shared.actor import Actor, Role
from domain.shared.ids import uuid7
from domain.tickets.attachment_rules import AttachmentRules, Usage
from domain.tickets.attachments import Attachment, attach_to
from domain.tickets.inspection import FileFacts
from domain.tickets.ticket import Ticket
from tests.contract.conftest import NOW
from tests.contract.units import Units
from tests.support.words import word
from write_api.persistence.failures import TransientConflict

RULES = AttachmentRules(limit_bytes=10_000, user_quota_bytes=30_000, organization_quota_bytes=50_000)
LATER = NOW + timedelta(minutes=5)


def acting(person: User, organization_id: UUID | None = None) -> Actor:
    return Actor(person.id, Role.CUSTOMER, organization_id=organization_id)


async def stored(units: Units, owner: Actor, size_bytes: int = 100) -> Attachment:
    key = secrets.token_hex(32)
    async with units() as unit:
        await unit.attachment_files.expect(key, NOW)
        await unit.commit()
    facts = FileFacts("stripes.png", "image/png", size_bytes, bytes(range(32)))
    async with units() as unit:
        usage = await unit.attachments.usage_to_add_to(owner)
        attachment = Attachment.upload(facts, owner=owner, storage_key=key, usage=usage, rules=RULES, at=NOW)
        await unit.attachments.add(attachment)
        await unit.commit()
    return attachment


async def known(units: Units, *ids: UUID) -> list[Attachment]:
    async with units() as unit:
        found = await unit.attachments.known(ids)
    return [found[id_] for id_ in ids if id_ in found]


async def attached(units: Units, owner: Actor, *attachments: Attachment) -> Ticket:
    """A new ticket whose message has them."""
    ticket = Ticket.open(
        subject="Stripes",
        body="See there.",
        requester_id=owner.user_id,
        at=LATER,
        attachment_ids=[attachment.id for attachment in attachments],
    )
    (message,) = ticket.new_messages
    async with units() as unit:
        found = await unit.attachments.known(message.attachment_ids)
        await unit.attachments.save_attached(attach_to(ticket.id, message, found, by=owner, at=LATER))
        await unit.tickets.add(ticket)
        await unit.commit()
    return ticket


async def test_an_upload_comes_back_as_it_was_saved(units: Units, person: User) -> None:
    attachment = await stored(units, acting(person))
    (again,) = await known(units, attachment.id)
    assert asdict(again) == asdict(attachment)
    assert again.version == 1 and again.is_waiting and not again.has_changes
    assert await known(units, uuid7()) == []


async def test_attached_with_its_message(units: Units, person: User) -> None:
    owner = acting(person)
    first, second = await stored(units, owner), await stored(units, owner)
    await attached(units, owner, first, second)
    again = await known(units, first.id, second.id)
    assert [(one.version, one.is_waiting, one.attached_at, one.updated_at) for one in again] == [
        (2, False, LATER, LATER)
    ] * 2
    assert again[0].message_id == again[1].message_id is not None


async def test_of_two_who_attach_it_one_is_too_late(units: Units, person: User) -> None:
    owner = acting(person)
    attachment = await stored(units, owner)
    (late,) = await known(units, attachment.id)
    await attached(units, owner, attachment)
    ticket = Ticket.open(
        subject="Again", body="Again.", requester_id=person.id, at=LATER, attachment_ids=[attachment.id]
    )
    late.attach(ticket.id, ticket.new_messages[0], at=LATER)
    with pytest.raises(TransientConflict):
        async with units() as unit:
            await unit.tickets.add(ticket)
            await unit.attachments.save_attached([late])
            await unit.commit()


async def test_usage_counts_for_the_person_and_for_the_organization(units: Units, person: User) -> None:
    organization = Organization.create(name=word(), domains=(), shares_tickets=False, at=NOW)
    colleague = User.register(name="Bo", email=f"{word()}@example.com", at=NOW)
    async with units() as unit:
        await unit.organizations.add(organization)
        await unit.users.add(colleague)
        await unit.commit()
    ada, bo = acting(person, organization.id), acting(colleague, organization.id)
    await stored(units, ada, 1_000)
    await stored(units, ada, 200)
    await stored(units, bo, 30)
    async with units() as unit:
        assert await unit.attachments.usage_of(ada) == Usage(1_200, 1_230)
        assert await unit.attachments.usage_of(bo) == Usage(30, 1_230)
        assert await unit.attachments.usage_of(acting(colleague)) == Usage(30, None)


async def test_with_its_ticket_an_attachment_is_gone_and_counts_no_more(units: Units, person: User) -> None:
    owner = acting(person)
    attachment, kept = await stored(units, owner, 500), await stored(units, owner, 70)
    ticket = await attached(units, owner, attachment)
    await attached(units, owner, kept)
    async with units() as unit:
        again = await unit.tickets.get(ticket.id)
        again.delete(at=LATER)
        await unit.tickets.save(again)
        await unit.commit()
    assert [one.id for one in await known(units, attachment.id, kept.id)] == [kept.id]
    async with units() as unit:
        assert await unit.attachments.usage_of(owner) == Usage(70, None)
