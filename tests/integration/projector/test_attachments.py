"""Attachments on their way to the readers, and their files on their way out of the store."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

from domain.identity.user import User
from domain.shared.actor import Actor, Role
from domain.tickets.attachment_rules import AttachmentRules, Usage
from domain.tickets.attachments import Attachment, attach_to
from domain.tickets.inspection import Inspection
from domain.tickets.messages import Message
from domain.tickets.ticket import Ticket
from projector import dead
from projector.attachment_files import sweep_files
from projector.bootstrap import Projector
from projector.jobs import build_worker
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import Rebuild
from projector.verify.repair import repair
from runtime.errors import StoreUnavailable
from runtime.files.folder import FolderStore
from tests.integration.projector.office import Office, differences, found, now, pending
from tests.support.files import PDF, PNG
from write_api.persistence.expiry import forget_expired

RULES = AttachmentRules(limit_bytes=10_000, user_quota_bytes=10**9, organization_quota_bytes=10**9)
AT_ONCE = timedelta()


@pytest.fixture
def files(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def kept(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


async def upload(
    office: Office, files: FolderStore, owner: User, name: str = "a.png", content: bytes = PNG
) -> Attachment:
    key, inspection = secrets.token_hex(32), Inspection(name, RULES, 10**9)
    async with office.unit_of_work() as unit:
        await unit.attachment_files.expect(key, now())
        await unit.commit()
    async with files.receive(key) as arriving:
        inspection.take(content)
        await arriving.write(content)
        await arriving.keep()
    actor = Actor(owner.id, owner.role)
    attachment = Attachment.upload(
        inspection.finish(), owner=actor, storage_key=key, usage=Usage(), rules=RULES, at=now()
    )
    async with office.unit_of_work() as unit:
        await unit.attachments.add(attachment)
        await unit.commit()
    return attachment


async def open_with(office: Office, owner: User, *attachments: Attachment) -> Ticket:
    ids = [attachment.id for attachment in attachments]
    ticket = Ticket.open(subject="s", body="b", requester_id=owner.id, at=now(), attachment_ids=ids)
    async with office.unit_of_work() as unit:
        known = await unit.attachments.known(ids)
        attached = attach_to(ticket.id, ticket.new_messages[0], known, by=Actor(owner.id, owner.role), at=now())
        await unit.attachments.save_attached(attached)
        await unit.tickets.add(ticket)
        await unit.commit()
    return ticket


async def note_with(office: Office, ticket_id: UUID, author: User, attachment: Attachment) -> Message:
    async with office.unit_of_work() as unit:
        ticket = await unit.tickets.get(ticket_id)
        message = ticket.add_message(
            author_id=author.id,
            author_role=Role.AGENT,
            visibility="internal",
            body="n",
            at=now(),
            attachment_ids=[attachment.id],
        )
        known = await unit.attachments.known([attachment.id])
        await unit.attachments.save_attached(
            attach_to(ticket.id, message, known, by=Actor(author.id, author.role), at=now())
        )
        await unit.tickets.save(ticket)
        await unit.commit()
    return message


async def source(projector: Projector, model: str, document_id: object) -> dict[str, Any]:
    answer = await projector.elasticsearch.call("GET", f"/{projector.namespace}-{model}/_doc/{document_id}")
    read: dict[str, Any] = answer["_source"]
    return read


def shown(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": str(attachment.id),
        "file_name": attachment.file_name,
        "media_type": attachment.media_type,
        "size_bytes": attachment.size_bytes,
    }


async def test_readers_get_what_hangs_on_a_message(
    fresh_projector: Projector, office: Office, files: FolderStore
) -> None:
    agent = await office.hire()
    first, second = await upload(office, files, agent), await upload(office, files, agent, 'plan "B"\u5199.pdf', PDF)
    waiting, noted = await upload(office, files, agent), await upload(office, files, agent)
    ticket = await open_with(office, agent, first, second)
    await office.reply(ticket.id, agent.id, "None here.")
    note = await note_with(office, ticket.id, agent, noted)
    await fresh_projector.drain_all()
    assert await pending(fresh_projector) == 0

    thread = (await source(fresh_projector, "tickets", ticket.id))["messages"]
    assert [message.get("attachments") for message in thread] == [[shown(first), shown(second)], None, [shown(noted)]]
    stored = orjson.loads(
        await fresh_projector.redis.redis.get(fresh_projector.redis.keys.document("tickets", str(ticket.id)))
    )
    assert stored["messages"] == thread
    for message in thread:
        of_message = await source(fresh_projector, "messages", message["id"])
        assert of_message.get("attachments") == message.get("attachments")
    document = await source(fresh_projector, "attachments", noted.id)
    assert {
        **shown(noted),
        "ticket_id": str(ticket.id),
        "message_id": str(note.id),
        "visibility": "internal",
    }.items() <= document.items()
    assert (document["storage_key"], document["sha256"]) == (noted.storage_key, noted.sha256.hex())
    ids = {str(one.id) for one in (first, second, noted)}
    assert set(await found(fresh_projector, "attachments", {"match_all": {}})) == ids
    assert str(waiting.id) not in ids
    assert await differences(fresh_projector) == []


async def test_a_rebuild_and_a_repair_lead_to_the_same(
    fresh_projector: Projector, office: Office, files: FolderStore
) -> None:
    agent = await office.hire()
    attachment = await upload(office, files, agent)
    await open_with(office, agent, attachment)
    await upload(office, files, agent)
    await fresh_projector.drain_all()
    for model in ("messages", "attachments"):
        await Rebuild(fresh_projector, PROJECTIONS[model], lambda name, phase, done, total: None).run()
    assert await differences(fresh_projector) == []
    index = f"/{fresh_projector.namespace}-attachments"
    await fresh_projector.elasticsearch.call("DELETE", f"{index}/_doc/{attachment.id}?refresh=true")
    seen = await differences(fresh_projector)
    assert [(one.projection, one.kind) for one in seen] == [("attachments", "missing")]
    assert await repair(fresh_projector, seen) == []
    assert shown(attachment).items() <= (await source(fresh_projector, "attachments", attachment.id)).items()


async def test_what_was_refused_is_tried_again_with_its_ticket(
    fresh_projector: Projector, office: Office, files: FolderStore
) -> None:
    agent = await office.hire()
    attachment = await upload(office, files, agent)
    ticket = await open_with(office, agent, attachment)
    # No year that Elasticsearch could read.
    await office.pool.execute("UPDATE attachments SET created_at = '20000-01-01' WHERE id = $1", attachment.id)
    await fresh_projector.drain_all()
    (letter,) = await dead.dead_letters(fresh_projector.pool)
    assert (letter["document_id"], letter["aggregate_type"]) == (str(attachment.id), "attachment")
    await office.pool.execute("UPDATE attachments SET created_at = now() WHERE id = $1", attachment.id)
    assert await dead.replay(fresh_projector.pool) == 1
    again = await office.pool.fetchrow("SELECT part_of, aggregate_version FROM outbox")
    # Its own event came with it, which is of its second version.
    assert again is not None and tuple(again) == (ticket.id, 2)
    await fresh_projector.drain_all()
    assert (await source(fresh_projector, "attachments", attachment.id))["ticket_id"] == str(ticket.id)
    assert await differences(fresh_projector) == []


async def test_with_its_ticket_everything_of_it_goes(
    fresh_projector: Projector, office: Office, files: FolderStore, tmp_path: Path
) -> None:
    agent = await office.hire()
    gone, stays = await upload(office, files, agent), await upload(office, files, agent)
    ticket = await open_with(office, agent, gone)
    await open_with(office, agent, stays)
    await fresh_projector.drain_all()
    await office.delete_ticket(ticket.id)
    await fresh_projector.drain_all()
    assert await found(fresh_projector, "attachments", {"match_all": {}}) == [str(stays.id)]
    assert await differences(fresh_projector) == []
    assert kept(tmp_path) == {gone.storage_key, stays.storage_key}
    assert await sweep_files(office.pool, files, AT_ONCE) == 1
    assert kept(tmp_path) == {stays.storage_key}


async def test_the_sweep_takes_orphans_and_nothing_else(office: Office, files: FolderStore, tmp_path: Path) -> None:
    agent = await office.hire()
    attached, waiting, expired = [await upload(office, files, agent) for _ in range(3)]
    await open_with(office, agent, attached)
    # An upload that broke off with its process: half a file, and no attachment.
    broken = secrets.token_hex(32)
    async with office.unit_of_work() as unit:
        await unit.attachment_files.expect(broken, now())
        await unit.commit()
    half = tmp_path / broken[:3] / f"{broken}.part"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(PNG)
    await office.pool.execute(
        "UPDATE attachments SET created_at = now() - interval '25 hours' WHERE id = $1", expired.id
    )
    assert await forget_expired(office.pool) == 1

    # All of them are young enough to be on their way.
    assert await sweep_files(office.pool, files) == 0
    assert len(kept(tmp_path)) == 4
    assert await sweep_files(office.pool, files, AT_ONCE) == 2
    assert kept(tmp_path) == {attached.storage_key, waiting.storage_key}
    assert await office.pool.fetchval("SELECT count(*) FROM attachment_files") == 2
    assert await sweep_files(office.pool, files, AT_ONCE) == 0


async def test_a_sweep_that_is_interrupted_goes_on_later(office: Office, files: FolderStore, tmp_path: Path) -> None:
    agent = await office.hire()
    uploads = [await upload(office, files, agent) for _ in range(5)]
    await office.pool.execute("DELETE FROM attachments")

    class Failing(FolderStore):
        left = 3

        async def delete(self, key: str) -> None:
            self.left -= 1
            if self.left < 0:
                raise StoreUnavailable("attachment_store", "went away")
            await super().delete(key)

    with pytest.raises(StoreUnavailable):
        await sweep_files(office.pool, Failing(tmp_path), AT_ONCE)
    assert len(kept(tmp_path)) == 2
    assert await sweep_files(office.pool, files, AT_ONCE) == len(uploads)
    assert kept(tmp_path) == set()
    assert await office.pool.fetchval("SELECT count(*) FROM attachment_files") == 0


async def test_the_sweep_is_one_of_the_jobs(
    fresh_projector: Projector, office: Office, files: FolderStore, tmp_path: Path
) -> None:
    agent = await office.hire()
    gone, stays = await upload(office, files, agent), await upload(office, files, agent)
    await office.pool.execute("UPDATE attachment_files SET created_at = now() - interval '61 minutes'")
    await office.pool.execute("DELETE FROM attachments WHERE id = $1", gone.id)
    jobs = {job.name: job for job in build_worker(fresh_projector, office.pool, files).cron_jobs}
    assert await jobs[f"{fresh_projector.namespace}:sweep_attachments"].coroutine({}) == 1
    assert kept(tmp_path) == {stays.storage_key}
